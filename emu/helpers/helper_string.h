/* helper_string.h - arguments of the command line, by the names of the helpers that CUDA's samples bring:
 * for programs that include them and have none. A folder of the program's own comes first.
 */
#ifndef EMU_HELPER_STRING_H
#define EMU_HELPER_STRING_H
#define COMMON_HELPER_STRING_H_

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <strings.h>

#ifndef EXIT_WAIVED
#define EXIT_WAIVED 2
#endif
#define STRCASECMP  strcasecmp
#define STRNCASECMP strncasecmp

inline int stringRemoveDelimiter(char delimiter, const char *string)
{
    int start = 0;
    while (string[start] == delimiter) start++;
    return string[start] ? start : 0;
}

/* The text after "-name=" or "--name:", "" after a bare "-name"; nullptr: not there. */
inline const char *emu_argument(int argc, const char **argv, const char *name)
{
    size_t length = strlen(name);
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i] + stringRemoveDelimiter('-', argv[i]);
        if (*argv[i] != '-' || STRNCASECMP(word, name, length)) continue;
        if (!word[length]) return word + length;
        if (word[length] == '=' || word[length] == ':') return word + length + 1;
    }
    return nullptr;
}

inline bool checkCmdLineFlag(int argc, const char **argv, const char *name)
{
    return emu_argument(argc, argv, name) != nullptr;
}

template <class T> bool getCmdLineArgumentValue(int argc, const char **argv, const char *name, T *value)
{
    const char *text = emu_argument(argc, argv, name);
    if (text && *text) std::istringstream(text) >> *value;
    return text != nullptr;
}

inline int getCmdLineArgumentInt(int argc, const char **argv, const char *name)
{
    int value = 0;
    getCmdLineArgumentValue(argc, argv, name, &value);
    return value;
}

inline float getCmdLineArgumentFloat(int argc, const char **argv, const char *name)
{
    float value = 0;
    getCmdLineArgumentValue(argc, argv, name, &value);
    return value;
}

inline bool getCmdLineArgumentString(int argc, const char **argv, const char *name, char **value)
{
    const char *text = emu_argument(argc, argv, name);
    *value = const_cast<char *>(text);
    return text != nullptr;
}

/* Where a sample keeps its data: beside the program, in data/, or where it is run. Free it. */
inline char *sdkFindFilePath(const char *name, const char *program)
{
    std::string beside = program ? program : "";
    size_t slash = beside.rfind('/');
    beside = slash == std::string::npos ? "./" : beside.substr(0, slash + 1);
    for (const std::string &folder : { std::string("./"), std::string("./data/"), std::string("../data/"),
                                       beside, beside + "data/", beside + "../data/" })
        if (std::ifstream(folder + name)) return strdup((folder + name).c_str());
    return nullptr;
}

#endif
