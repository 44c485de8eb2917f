/* ptx_parse.cpp - PTX text to instructions. What is not understood ends the kernel with a sentence that
 * names it. */
#include <cctype>
#include <cstdlib>
#include <map>
#include "emu/mini_float.h"
#include "ptx.h"

namespace emu
{
namespace ptx
{

static const Opcode *find_opcode(const std::string &name)
{
    for (const Opcode *list : { number_opcodes, bit_opcodes, convert_opcodes, memory_opcodes, warp_opcodes,
                                matrix_opcodes, mma_opcodes })
        for (; list->name; list++)
            if (name == list->name) return list;
    return nullptr;
}

/* ---- the text ---- */

namespace
{

class Parser
{
  public:
    Parser(const char *source, int operands_, Where where_) : at(source), operands(operands_), where(where_)
    {
    }
    const Code *parse()
    {
        code->text = at;
        code->registers = operands;
        scopes.emplace_back();
        while (skip(), *at) statement();
        if (scopes.size() != 1) refuse("a '{' is not closed", where);
        for (const auto &[ref, name] : jumps) {
            auto label = labels.find(name);
            if (label == labels.end()) refuse("the label '" + name + "' is not in this statement", where);
            code->instruction[ref].operand[0].index = label->second;
        }
        return code;
    }

  private:
    const char *at;
    int operands;
    Where where;
    Code *code = new Code; /* for the life of the process, as is the text */
    std::vector<std::map<std::string, int>> scopes;
    std::map<std::string, int> labels;
    std::vector<std::pair<size_t, std::string>> jumps;

    void skip()
    {
        for (;;) {
            while (isspace((unsigned char)*at)) at++;
            if (at[0] == '/' && at[1] == '/') {
                while (*at && *at != '\n') at++;
            } else if (at[0] == '/' && at[1] == '*') {
                for (at += 2; *at && !(at[0] == '*' && at[1] == '/');) at++;
                if (*at) at += 2;
            } else {
                return;
            }
        }
    }
    bool accept(char c)
    {
        skip();
        return *at == c ? at++, true : false;
    }
    std::string rest() const
    {
        std::string text(at);
        size_t end = text.find_first_of(";\n");
        return text.substr(0, end == std::string::npos ? 40 : end);
    }
    void expect(char c)
    {
        if (!accept(c)) refuse(std::string("'") + c + "' is missing before '" + rest() + "'", where);
    }
    static bool is_name(char c)
    {
        return isalnum((unsigned char)c) || c == '_' || c == '$';
    }
    std::string name()
    {
        skip();
        const char *from = at;
        while (is_name(*at)) at++;
        if (from == at) refuse("a name is missing before '" + rest() + "'", where);
        return std::string(from, at);
    }

    void statement()
    {
        if (accept(';')) return;
        if (accept('{')) return scopes.emplace_back(), void();
        if (accept('}')) {
            if (scopes.size() == 1) refuse("a '}' without its '{'", where);
            return scopes.pop_back();
        }
        if (*at == '.') return directive();
        const char *start = at;
        if (is_name(*at)) {
            std::string label = name();
            if (accept(':')) return labels[label] = (int)code->instruction.size(), void();
        }
        at = start;
        instruction();
    }

    void directive()
    {
        at++;
        if (std::string word = name(); word != "reg")
            refuse("the directive '." + word + "' is not interpreted", where);
        expect('.');
        if (std::string word = name(); word == "v2" || word == "v4" || type_named(word) == Type::none)
            refuse("registers of type '." + word + "' are not interpreted", where);
        do {
            skip();
            if (*at == '%') at += at[1] == '%' ? 2 : 1;
            std::string reg = name();
            if (!accept('<')) {
                declare(reg);
                continue;
            }
            int count = atoi(name().c_str());
            expect('>');
            for (int i = 0; i < count; i++) declare(reg + std::to_string(i));
        } while (accept(','));
        expect(';');
    }
    void declare(const std::string &reg)
    {
        if (code->registers >= 4000) refuse("more than 4000 registers", where);
        scopes.back()[reg] = code->registers++;
    }

    void instruction()
    {
        Instruction made;
        if (accept('@')) {
            bool negated = accept('!');
            made.guard = ref();
            made.guard.negated = negated;
        }
        made.name = name();
        Modifiers modifiers;
        while (*at == '.') {
            const char *from = ++at;
            while (is_name(*at) || (*at == ':' && at[1] == ':' && is_name(at[2]))) at += *at == ':' ? 2 : 1;
            modifiers.word.emplace_back(from, at);
            made.name += "." + modifiers.word.back();
        }
        if (skip(), *at != ';') {
            do made.operand.push_back(ref());
            while (accept(',') || (made.paired |= accept('|'), made.paired && at[-1] == '|'));
        }
        if (!accept(';')) refuse("'" + made.name + "' does not end with ';' before '" + rest() + "'", where);
        bind(made, modifiers);
        code->instruction.push_back(made);
    }

    void bind(Instruction &made, Modifiers &modifiers)
    {
        const Opcode *opcode = find_opcode(made.name.substr(0, made.name.find('.')));
        if (!opcode) refuse("the instruction '" + made.name + "' is not interpreted", where);
        opcode->bind(made, modifiers);
        if (!made.run) refuse("this form of the instruction is not interpreted: '" + made.name + "'", where);
        if (!modifiers.word.empty())
            refuse("'." + modifiers.word[0] + "' of '" + made.name + "' is not interpreted", where);
        int n = (int)made.operand.size();
        if (n < opcode->least || n > opcode->most)
            refuse("'" + made.name + "' has " + std::to_string(n) + " operands", where);
        for (const Ref &ref : made.operand)
            if (ref.kind == Ref::label) jumps.push_back({ code->instruction.size(), ref.text });
    }

    /* ---- operands ---- */

    Ref ref()
    {
        Ref made;
        skip();
        if (accept('{')) {
            made.kind = Ref::vector;
            made.text = "{...}";
            do made.parts.push_back(ref());
            while (accept(','));
            expect('}');
        } else if (accept('[')) {
            made = ref();
            made.memory = true;
            bool less = false;
            if (accept('+') || (less = accept('-'))) made.offset = (int64_t)ref().number * (less ? -1 : 1);
            while (accept(',')) made.parts.push_back(ref()); /* coordinates, refused by who has none */
            expect(']');
        } else {
            bool negated = accept('!');
            made = word();
            made.negated = negated;
        }
        return made;
    }

    Ref word()
    {
        Ref made;
        skip();
        const char *from = at;
        if (isdigit((unsigned char)*at) || (*at == '-' && at[1])) {
            number(made);
        } else if (*at == '%') {
            while (*at == '%') at++;
            std::string n = name();
            while (*at == '.') at++, n += "." + name();
            percent(made, n);
        } else {
            std::string n = name();
            if (n == "_")
                made.kind = Ref::sink;
            else if (n == "WARP_SZ")
                made.kind = Ref::whole, made.number = 32;
            else if (!local(made, n))
                made.kind = Ref::label;
            made.text = n;
            return made;
        }
        made.text = std::string(from, at);
        return made;
    }

    bool local(Ref &made, const std::string &n)
    {
        for (size_t i = scopes.size(); i-- > 0;)
            if (auto found = scopes[i].find(n); found != scopes[i].end()) {
                made.kind = Ref::reg;
                made.index = found->second;
                return true;
            }
        return false;
    }

    void percent(Ref &made, const std::string &n)
    {
        if (isdigit((unsigned char)n[0])) {
            made.kind = Ref::reg;
            made.index = atoi(n.c_str());
            if (made.index >= operands)
                refuse("there is no operand %" + n + ": the statement has " + std::to_string(operands),
                       where);
        } else if (!local(made, n)) {
            made.kind = Ref::special;
            made.index = special_register(n);
            if (made.index < 0) refuse("the register '%" + n + "' is not interpreted", where);
        }
    }

    /* 12, 0x1f, 0b101, 017, 1.5, 0f3F800000, 0d3FF0000000000000 */
    void number(Ref &made)
    {
        bool less = accept('-');
        char *end = nullptr;
        if (at[0] == '0' && (at[1] == 'f' || at[1] == 'F')) {
            made.value = (double)bits_as<float>((uint32_t)strtoull(at + 2, &end, 16));
            made.kind = Ref::real;
        } else if (at[0] == '0' && (at[1] == 'd' || at[1] == 'D')) {
            made.value = bits_as<double>((uint64_t)strtoull(at + 2, &end, 16));
            made.kind = Ref::real;
        } else {
            bool binary = at[0] == '0' && (at[1] == 'b' || at[1] == 'B');
            made.number = binary ? strtoull(at + 2, &end, 2) : strtoull(at, &end, 0);
            made.kind = Ref::whole;
            if (!binary && (*end == '.' || *end == 'e' || *end == 'E')) {
                made.value = strtod(at, &end);
                made.kind = Ref::real;
            }
        }
        while (*end == 'U' || *end == 'u') end++;
        if (less) made.number = 0 - made.number, made.value = -made.value;
        if (is_name(*end)) refuse("'" + rest() + "' does not begin with a number", where);
        at = end;
    }
};

} // namespace

const Code *parse(const char *text, int operands, Where where)
{
    return Parser(text, operands, where).parse();
}

} // namespace ptx
} // namespace emu
