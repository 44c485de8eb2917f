/* fiber_switch.h - leave one stack, continue on another: a few instructions on x86-64, ucontext elsewhere or
 * with -DEMU_UCONTEXT (ten times slower: it also saves the signal mask, by a system call). */
#ifndef EMU_FIBER_SWITCH_H
#define EMU_FIBER_SWITCH_H

#include <cstddef>

#if !defined(__x86_64__) && !defined(EMU_UCONTEXT)
#define EMU_UCONTEXT 1
#endif

#ifdef EMU_UCONTEXT
#include <ucontext.h>

namespace emu
{

typedef ucontext_t Context;

inline void context_make(Context *context, char *stack, size_t size, void (*begin)())
{
    getcontext(context);
    context->uc_stack.ss_sp = stack;
    context->uc_stack.ss_size = size;
    context->uc_link = nullptr;
    makecontext(context, begin, 0);
}

inline void context_switch(Context *from, const Context *to)
{
    swapcontext(from, to);
}

} // namespace emu

#else

namespace emu
{

struct Context {
    void *sp;
};

/* Pushes what a called function must preserve, exchanges stack pointers, pops. */
extern "C" void emu_context_switch(void **save, void *to);
__asm__(".text\n"
        ".hidden emu_context_switch\n"
        ".globl emu_context_switch\n"
        ".type emu_context_switch,@function\n"
        "emu_context_switch:\n"
        "    push %rbp\n    push %rbx\n    push %r12\n    push %r13\n    push %r14\n    push %r15\n"
        "    mov %rsp, (%rdi)\n"
        "    mov %rsi, %rsp\n"
        "    pop %r15\n    pop %r14\n    pop %r13\n    pop %r12\n    pop %rbx\n    pop %rbp\n"
        "    ret\n"
        ".size emu_context_switch, .-emu_context_switch\n");

/* The first switch pops six zeros and returns into begin, which sees a caller of address
 * 0: there debuggers stop. */
inline void context_make(Context *context, char *stack, size_t size, void (*begin)())
{
    void **sp = (void **)(stack + size / 16 * 16);
    *--sp = nullptr;
    *--sp = (void *)begin;
    for (int i = 0; i < 6; i++) *--sp = nullptr;
    context->sp = sp;
}

inline void context_switch(Context *from, const Context *to)
{
    emu_context_switch(&from->sp, to->sp);
}

} // namespace emu
#endif
#endif
