/* modules.h - the variables of the program or shared library that a kernel lies in, from its symbol table. */
#ifndef EMU_MODULES_H
#define EMU_MODULES_H

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace emu
{

struct Variable {
    char *start;
    size_t size;
    std::string symbol; /* mangled */
    bool shared;        /* __shared__ */
};

struct FunctionSymbol {
    std::string symbol; /* mangled */
    size_t size;        /* of its code */
};

struct Module {
    std::string file;
    uintptr_t bias;                                /* run-time address - address in the file */
    char *low, *high;                              /* its writable image                     */
    std::vector<Variable> variables;               /* by address                             */
    std::map<uintptr_t, FunctionSymbol> functions; /* by address                             */
};

const Module *module_at(const void *address); /* nullptr: in no loaded file. The result stays valid. */
const Variable *variable_at(const Module &module, const void *address); /* nullptr: none */

bool is_guard(
    const void *address); /* of the compiler's, for a static variable of a class: no memory of a kernel */

std::string plain_name(const Variable &variable); /* "As", "counter" */

/* shared_bytes.cpp: of the __shared__ variables of a kernel and of the functions that it calls */
size_t static_shared_bytes(const void *function);

/* "gemm<16, float>" of the function at this address, without its parameters; "" if it is not known */
std::string function_name(const void *function);

/* The static variable of that name in the function at this address, or in the one that the program spells so
 * ("gemm<16>") in the module of the address; nullptr: there is none. */
const Variable *variable_of(const void *function, const char *variable);
const Variable *variable_in(const void *address, const std::string &function, const char *variable);

} // namespace emu
#endif
