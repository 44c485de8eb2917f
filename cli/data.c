/* data.c - rungs data: where the data sets are, and how to get them. */
#include "verbs.h"

#include <stdio.h>
#include <string.h>

#include "../train/data.h"
#include "../train/fetch.h"

static const char *from, *into;

static void list_set(const struct data_set *set)
{
    char path[DATA_PATH], error[ERROR_TEXT];
    printf("%-15s %s\n", set->name, set->about);
    if (set->points) {
        printf("    %s\n", set->to_get);
        return;
    }
    if (data_where(set, path, error))
        printf("    found in %s\n", path);
    else
        printf("    %s\n", error);
    printf("    looked for in:");
    for (const char *const *folder = set->folders; *folder; folder++)
        if (data_folder(*folder, path)) printf(" %s", path);
    puts("");
}

static int get_set(const struct data_set *set)
{
    char home[DATA_PATH], folder[DATA_PATH], error[ERROR_TEXT];
    int n;
    if (into)
        n = snprintf(folder, sizeof folder, "%s", into);
    else if (data_home(home))
        n = snprintf(folder, sizeof folder, "%s/%s", home, set->name);
    else
        return args_refuse("data", "neither XDG_DATA_HOME nor HOME is set; use --into FOLDER");
    if (n < 1 || n >= DATA_PATH) return args_refuse("data", "the path of the folder is empty or too long");
    if (from && !*from)
        return args_refuse("data", "--from needs the address of a folder, like https://example.org/mnist/");
    int code = fetch_set(set, from, folder, stderr, error);
    if (code) return args_fail(code, "data", "%s", error);
    printf("%s is in %s\n", set->name, folder);
    return EXIT_OK;
}

static int refuse_set(const char *name)
{
    size_t n = 0;
    while (data_sets[n].name) n++;
    return args_unknown("data", "there is no data set", name,
                        (struct name_list){ &data_sets[0].name, n, sizeof *data_sets },
                        "`rungs data` lists them");
}

int verb_data(int argc, char **argv)
{
    const struct option_row options[] = {
        { "--from", OPTION_TEXT, &from, 0, 0, "another mirror: the address of a folder; file:// works" },
        { "--into", OPTION_FOLDER, &into, 0, 0, "another folder than ~/.local/share/rungs/NAME" },
        { 0 },
    };
    const struct usage usage = {
        "data",
        "data [get NAME] [options]",
        "Lists the data sets and where they were found. `get` downloads one with the curl program, resumes "
        "what an\n"
        "earlier call began, and checks the SHA-256 of what it got. $RUNGS_DATA names a folder of your own.",
        "  rungs data\n  rungs data get mnist\n  rungs data get cifar10\n"
        "  rungs data get mnist --from https://storage.googleapis.com/cvdf-datasets/mnist/\n",
        options,
        0,
        2,
    };
    const char *word[2];
    int code, words = args_read(&usage, argc, argv, word, &code);
    if (words < 0) return code;
    if (words && strcmp(word[0], "get"))
        return args_refuse("data", "unknown action '%s'; use: rungs data get NAME", word[0]);
    if (words == 1) return args_refuse("data", "say which set to get, like: rungs data get mnist");
    if (!words && (from || into))
        return args_refuse("data", "--from and --into go with: rungs data get NAME");
    if (words) {
        const struct data_set *set = data_find(word[1]);
        return set ? get_set(set) : refuse_set(word[1]);
    }
    for (const struct data_set *set = data_sets; set->name; set++) list_set(set);
    return EXIT_OK;
}
