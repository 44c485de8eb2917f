/* train_options.c - the options of rungs train: those of a run, and one for each
 * setting of a network file. */
#include "train.h"
#include "../train/settings.h"

#include <stdio.h>
#include <string.h>

/* ---- settings ---- */

/* "early_stop" -> "early-stop"; name holds NETFILE_VALUE bytes */
static const char *with_minus(const char *word, char *name)
{
    snprintf(name, NETFILE_VALUE, "%s", word);
    for (char *c = name; *c; c++)
        if (*c == '_') *c = '-';
    return name;
}

/* What the options are called: the widths of the layers, dropout, the settings of the grammar,
 * and the keys lr and smoothing. They are applied in this order, so that --lr changes what
 * --optimizer says. Ends with NULL. */
static const char *const *settings(void)
{
    static const char *name[TRAIN_SETTINGS + 1];
    static char written[TRAIN_SETTINGS][NETFILE_VALUE];
    int n = 0;
    if (*name) return name;
    name[n++] = "hidden";
    name[n++] = "dropout";
    for (const struct word *w = grammar; w->name; w++)
        if (w->place == PLACE_SETTING || w->place == PLACE_INPUT) {
            name[n] = with_minus(w->name, written[n]);
            n++;
        }
    name[n++] = "lr";
    name[n++] = "label-smoothing";
    return name;
}

int training_set(struct training *t, const char *setting, const char *words)
{
    for (int s = 0; settings()[s]; s++)
        if (!strcmp(settings()[s], setting)) return t->setting[s] = words, 1;
    return 0;
}

static const char *about(const char *setting, char *text, size_t room)
{
    char name[NETFILE_VALUE];
    static const struct {
        const char *name, *about;
    } other[] = {
        { "hidden", "dense layers of these widths, such as 512,256, or none, in place of all but the last" },
        { "dropout", "a layer of dropout with this p behind each hidden activation; 0: none anywhere" },
        { "lr", "learning rate of the optimizer" },
        { "label-smoothing", "what the loss takes from the true class and spreads over all" },
    };
    for (const struct word *w = grammar; w->name; w++)
        if (w->place != PLACE_LAYER && !strcmp(with_minus(w->name, name), setting))
            snprintf(text, room, w->standard && *w->standard ? "%s [%s]" : "%s", w->about, w->standard);
    for (size_t k = 0; k < sizeof other / sizeof *other; k++)
        if (!strcmp(other[k].name, setting)) snprintf(text, room, "%s", other[k].about);
    return text;
}

static int apply(struct netfile *file, const char *setting, const char *words, char *error)
{
    char text[SPLIT_TEXT];
    if (!strcmp(setting, "hidden")) return netfile_set_hidden(file, words, error);
    if (!strcmp(setting, "dropout")) return netfile_set_dropout(file, words, error);
    if (!strcmp(setting, "split")) return netfile_set(file, setting, split_words(words, text), error);
    return netfile_set(file, setting, words, error);
}

/* 1 if the option changed the file: one that says what is there already is not worth a note */
static int is_change(const struct netfile *was, const struct netfile *is)
{
    const struct net_line *other;
    return netfile_difference(was, is, NULL, &other) != NULL;
}

static int note(char *options, const char *setting, const char *words, char *error)
{
    size_t used = strlen(options);
    int wrote = snprintf(options + used, CHECKPOINT_OPTIONS - used, "%s %s\n", setting, words);
    return (size_t)wrote < CHECKPOINT_OPTIONS - used ? 1 : error_set(error, "the options are too long");
}

/* What the checkpoint's run was told, unless this one is told otherwise; the epochs are this run's own. */
static const char *recorded(const struct checkpoint *from, const char *setting, char *words)
{
    size_t n = strlen(setting);
    for (const char *line = from ? from->options : ""; *line; line += strcspn(line, "\n") + 1) {
        if (strncmp(line, setting, n) || line[n] != ' ') continue;
        snprintf(words, CHECKPOINT_OPTIONS, "%.*s", (int)(strcspn(line, "\n") - n - 1), line + n + 1);
        return strcmp(setting, "epochs") ? words : NULL;
    }
    return NULL;
}

static int open_network(const char *network, struct netfile *file, char *error)
{
    char near[NEAREST_TEXT];
    size_t n = 0;
    if (strpbrk(network, "/.")) return netfile_read(file, network, error) ? EXIT_OK : EXIT_INPUT;
    if (network_text_find(network)) {
        network_text_read(network, file);
        return EXIT_OK;
    }
    while (network_texts[n].name) n++;
    if (nearest_name(network, (struct name_list){ &network_texts[0].name, n, sizeof *network_texts }, near))
        error_set(error, "there is no network '%s'; did you mean %s?", network, near);
    else
        error_set(error,
                  "there is no network '%s'; `rungs train --help` lists them, and a file is named like "
                  "./mine.net",
                  network);
    return EXIT_USAGE;
}

int training_file(const struct training *t, const struct checkpoint *from, struct netfile *file,
                  char *options, char *error)
{
    char kept[CHECKPOINT_OPTIONS];
    int code = open_network(t->network, file, error);
    *options = '\0';
    for (int s = 0; !code && settings()[s]; s++) {
        const char *setting = settings()[s];
        const char *words = t->setting[s] ? t->setting[s] : recorded(from, setting, kept);
        struct netfile was = *file;
        if (!words) continue;
        if (!apply(file, setting, words, error) ||
            (is_change(&was, file) && !note(options, setting, words, error)))
            code = EXIT_USAGE;
    }
    if (!code && !settings_check(file, error)) code = EXIT_USAGE;
    return code;
}

int training_make(const struct training *t, const struct netfile *file, const struct dataset *data,
                  struct trainer *trainer, char *error)
{
    const char *here = t->device && strcmp(t->level, "naive") ? "best" : t->level;
    if (!trainer_make(trainer, data, file, here, error)) return 0;
    if (!t->device || network_on(&trainer->net, t->device, t->level, error)) return 1;
    trainer_free(trainer);
    return 0;
}

/* ---- recorded options, as the user wrote them ---- */

void training_options_words(const char *options, char words[OPTION_WORDS])
{
    size_t used = 0;
    *words = '\0';
    for (const char *line = options; *line; line += strcspn(line, "\n") + 1)
        used += (size_t)snprintf(words + used, OPTION_WORDS - used, "%s--%.*s", used ? " " : "",
                                 (int)strcspn(line, "\n"), line);
}

void training_options_json(struct json *j, const char *options)
{
    char words[CHECKPOINT_OPTIONS + 2];
    json_list(j, "options");
    for (const char *line = options; *line; line += strcspn(line, "\n") + 1) {
        snprintf(words, sizeof words, "--%.*s", (int)strcspn(line, "\n"), line);
        json_text(j, NULL, words);
    }
    json_end(j);
}

/* ---- help ---- */

enum { FORM = 34, LINE = 128 }; /* columns of a word and its values; of a line */

/* text with line breaks where it would pass LINE, each line after the first indented by so much */
static const char *wrapped(const char *words, int indent, char *out, size_t room)
{
    size_t used = 0;
    int column = indent;
    for (const char *at = words; *at && used + (size_t)indent + 2 < room;) {
        int n = (int)strcspn(at, " ");
        if (at > words && column + 1 + n > LINE)
            used += (size_t)snprintf(out + used, room - used, "\n%*s", indent, ""), column = indent;
        else if (at > words)
            used += (size_t)snprintf(out + used, room - used, " "), column++;
        used += (size_t)snprintf(out + used, room - used, "%.*s", n, at);
        column += n, at += n;
        at += strspn(at, " ");
    }
    return out;
}

static size_t add(char *text, size_t room, size_t used, const char *left, const char *right)
{
    char form[2 * GRAMMAR_TEXT], about[GRAMMAR_TEXT];
    int is_long = strlen(left) > FORM; /* what it is begins a line of its own */
    size_t margin = strspn(left, " ");
    int wrote =
        snprintf(text + used, room - used, "  %*s%-*s%s%*s  %s\n", (int)margin, "", FORM - (int)margin,
                 wrapped(left + margin, (int)margin + 6, form, sizeof form), is_long ? "\n" : "",
                 is_long ? FORM + 2 : 0, "", wrapped(right, FORM + 4, about, sizeof about));
    return used + (size_t)wrote < room ? used + (size_t)wrote : room - 1;
}

static size_t add_word(char *text, size_t room, size_t used, const struct word *w, const char *before)
{
    char form[GRAMMAR_TEXT], whole[2 * GRAMMAR_TEXT];
    snprintf(whole, sizeof whole, "%s%s", before, grammar_form(w, form));
    return add(text, room, used, whole, w->about);
}

/* all networks and all words, each in a line */
static const char *help(char *text, size_t room)
{
    char comment[ERROR_TEXT];
    size_t used = (size_t)snprintf(
        text, room,
        "Trains a network on real images and tests it. NETWORK is one of the "
        "program's own, or a file of yours,\n"
        "named with a slash or a dot: ./mine.net. A killed run loses at most its "
        "current epoch;\nCtrl-C and SIGTERM lose nothing of a run with --save.\n\nnetworks:\n");
    for (const struct network_text *t = network_texts; t->name; t++)
        used = add(text, room, used, t->name, network_text_about(t, comment));
    used += (size_t)snprintf(
        text + used, room - used,
        "\nA network file begins with the line `rungs-network 1`. Each other line is a word and its "
        "values;\nfrom a # on it is a comment. `--option` changes the line of that word. The "
        "words:\n\n");
    for (const struct word *w = grammar; w->name; w++) {
        used = add_word(text, room, used, w, "");
        for (const struct word *c = w->choices; c && c->name; c++) used = add_word(text, room, used, c, "  ");
    }
    snprintf(
        text + used, room - used,
        "\nIn --sweep, values that have commas or blanks are separated by |, and then settings by ; as in\n"
        "--sweep \"optimizer=sgd lr=0.1|adam lr=1e-3; hidden=64|512,256\"\n"
        "\ndata of your own:\n"
        "  ./FILE.csv   a table, plain or .gz: a class and numbers in each line, a first line of names if there is "
        "one;\n"
        "               label=first, label=last or label=NAME says which column has the class, a number or a "
        "name\n"
        "  ./FILE.npz   NumPy arrays x and y, images and labels, or x_train, y_train, x_test and y_test: x is "
        "N,H,W or\n"
        "               N,C,H,W or N,D of any whole numbers or floats, y N whole numbers from 0 to 255\n"
        "  ./FOLDER     train.csv and test.csv, or such arrays as .npy files, or the four files of an IDX set, or "
        "a\n"
        "               folder of images (PGM, PPM, PNG) for each class, or train and test with such folders\n"
        "Where there is nothing to test with, a sixth of the examples tests; --split and --folds divide them "
        "otherwise.\n");
    return text;
}

static int list_networks(void)
{
    char comment[ERROR_TEXT];
    for (const struct network_text *t = network_texts; t->name; t++)
        printf("%-20s %s\n", t->name, network_text_about(t, comment));
    return EXIT_OK;
}

/* ---- reading ---- */

int training_read(int argc, char **argv, struct training *t)
{
    static char name[TRAIN_SETTINGS][24], what[TRAIN_SETTINGS][128], text[24576];
    struct option_row options[TRAIN_SETTINGS + 24];
    int n = 0, list = 0;
    *t = (struct training){ .level = "best", .seeds = 1 };
    for (int s = 0; settings()[s]; s++) {
        snprintf(name[s], sizeof name[s], "--%s", settings()[s]);
        options[n++] =
            (struct option_row){ name[s], OPTION_TEXT, &t->setting[s],
                                 0,       0,           about(settings()[s], what[s], sizeof what[s]) };
    }
    const struct option_row others[] = {
        { "--rung", OPTION_TEXT, &t->level, 0, 0, "naive, best, or a rung of `rungs list dense_forward`" },
        { "--cuda", OPTION_FLAG, &t->cuda, 0, 0,
          "the CUDA rungs: on the GPU, or without one in the emulator, slowly; the optimizer stays on the CPU" },
        { "--threads", OPTION_INT, &t->threads, 0, 256,
          "for the threaded rungs; 0: all CPUs within the quota" },
        { "--seeds", OPTION_INT, &t->seeds, 1, 1000,
          "train from so many seeds, from --seed on, and say mean and spread of the results" },
        { "--folds", OPTION_INT, &t->folds, 2, 1000,
          "cross-validation: so many trainings, each tested on another part of all images that it leaves out" },
        { "--sweep", OPTION_TEXT, &t->sweep, 0, 0,
          "train for each cell of a grid, \"lr=0.1,0.01 batch=32,128\", and sort by validation" },
        { "--csv", OPTION_FILE, &t->csv, 0, 0,
          "a row for each training of --folds or --sweep, where --sweep runs none again; for each step of --find-lr" },
        { "--steps", OPTION_INT, &t->most_steps, 0, 1e9, "stop after so many steps; 0: no such limit" },
        { "--save", OPTION_FILE, &t->save, 0, 0,
          "write a checkpoint there after every epoch, at Ctrl-C or SIGTERM, and after --steps" },
        { "--resume", OPTION_TEXT, &t->resume, 0, 0, "go on from a checkpoint, with its settings" },
        { "--log", OPTION_FILE, &t->log, 0, 0, "write the loss curve there, as CSV" },
        { "--record", OPTION_TEXT, &t->record, 0, 0,
          "make this folder, with all that another program needs to repeat the training, as .npy files" },
        { "--dashboard", OPTION_FLAG, &t->dashboard, 0, 0,
          "draw loss and accuracy on the terminal while it trains; elsewhere plain lines as ever" },
        { "--describe", OPTION_FLAG, &t->describe, 0, 0,
          "train nothing: print layers, costs, memory and the time of a step under the measured roofs" },
        { "--gradcheck", OPTION_FLAG, &t->gradcheck, 0, 0,
          "train nothing: check the gradient of the whole network on real examples" },
        { "--find-lr", OPTION_FLAG, &t->find_lr, 0, 0,
          "save nothing: let the rate rise over one pass, and say with which to begin" },
        { "--list", OPTION_FLAG, &list, 0, 0,
          "train nothing: name the program's own networks, one per line" },
        { "--json", OPTION_FLAG, &t->as_json, 0, 0,
          "the results, or what --describe and --gradcheck say, as JSON on stdout; all else on stderr" },
        { 0 },
    };
    memcpy(options + n, others, sizeof others);
    const struct usage usage = {
        "train",
        "train NETWORK [options]",
        help(text, sizeof text),
        "  rungs train fashion-mlp\n  rungs train fashion-mlp --rung naive --steps 100\n"
        "  rungs train mnist-mlp --hidden 128 --epochs 5 --save digits.ckpt --log digits.csv\n"
        "  rungs train mnist-mlp --epochs 10 --resume digits.ckpt --save digits.ckpt\n"
        "  rungs train fashion-mlp --optimizer \"adamw lr=1e-3 wd=0.05\" --schedule cosine --warmup 1 --dropout 0.2\n"
        "  rungs train a004-mnist-500 --epochs 2 --seeds 5\n"
        "  rungs train mnist-mlp --data \"./my data/digits.csv label=last\"\n"
        "  rungs train mnist-mlp --split \"60/20/20 stratified=1\" --epochs 5\n"
        "  rungs train mnist-mlp --epochs 2 --folds 5 --csv folds.csv\n"
        "  rungs train mnist-mlp --sweep \"lr=0.3,0.1,0.03 batch=32,128\" --split \"files validation=0.1\" --csv grid.csv\n"
        "  rungs train mnist-mlp --split parts --early-stop 5 --augment \"shift=2 rotate=10\" --clip norm=1\n",
        options,
        0,
        1,
    };
    const char *word[1];
    int code, words = args_read(&usage, argc, argv, word, &code);
    if (words < 0) return code;
    if (list && (words || argc > 2)) return args_refuse("train", "--list goes alone: rungs train --list");
    if (list) return list_networks();
    if (!words) return args_refuse("train", "missing argument; usage: rungs %s", usage.synopsis);
    t->network = word[0];
    return -1;
}
