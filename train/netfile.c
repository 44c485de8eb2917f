/* netfile.c - parsing and writing network files; see netfile.h. */
#include "netfile.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "layers.h"
#include "source.h"

static const char blanks[] = " \t\r";

/* ---- a line ---- */

/* "WHERE: unknown WHAT 'NAME'; did you mean ...?" */
static int unknown(char *error, const char *where, const char *what, const char *name, struct name_list names)
{
    char near[NEAREST_TEXT];
    if (strlen(name) <= 40 && nearest_name(name, names, near))
        return error_set(error, "%s: unknown %s '%s'; did you mean %s?", where, what, name, near);
    return error_set(error, "%s: unknown %s '%.40s'; `rungs train --help` lists them", where, what, name);
}

static int read_number(const struct value_rule *rule, const char *text, double *number)
{
    char *end;
    errno = 0;
    if (rule->kind == VALUE_COUNT && strspn(text, "0123456789") != strlen(text)) return 0;
    *number = strtod(text, &end);
    return end != text && !*end && !errno && isfinite(*number) && *number >= rule->least &&
           *number <= rule->most;
}

/* sets its place among the words, counted from 0 */
static int read_choice(const struct value_rule *rule, const char *where, const char *text, double *number,
                       char *error)
{
    size_t n = 0;
    for (; rule->words[n]; n++)
        if (!strcmp(rule->words[n], text)) {
            *number = (double)n;
            return 1;
        }
    return unknown(error, where, rule->name, text, (struct name_list){ rule->words, n, sizeof *rule->words });
}

static int read_value(const struct value_rule *rule, const char *where, const char *text,
                      struct net_value *value, char *error)
{
    const int is_long = rule->kind == VALUE_DATA || rule->kind == VALUE_TEXT;
    if (strlen(text) >= (is_long ? NETFILE_PATH : NETFILE_VALUE))
        return error_set(error, "%s: '%.30s...' is too long for %s", where, text, rule->name);
    strcpy(value->text, text);
    switch (rule->kind) {
    case VALUE_SHAPE:
        if (shape_parse(text, &value->shape)) return 1;
        return error_set(error,
                         "%s: '%s' is no shape; it must be like 784, or like 1x28x28 (channels, rows, "
                         "columns)",
                         where, text);
    case VALUE_WORD: return read_choice(rule, where, text, &value->number, error);
    case VALUE_TEXT: return *text || error_set(error, "%s: %s is empty", where, rule->name);
    case VALUE_DATA:
        if (data_find(text) || data_is_path(text)) return 1;
        return unknown(error, where, "data set", text, data_names());
    default:
        if (read_number(rule, text, &value->number)) return 1;
        return error_set(error, "%s: %s must be a%s number from %g to %g, not '%s'", where, rule->name,
                         rule->kind == VALUE_COUNT ? " whole" : "", rule->least, rule->most, text);
    }
}

/* The rule of a word's value: of the key, or, if key is NULL, of the one that stands alone; -1: there is
 * none. */
static int rule_of(const struct word *word, const char *key)
{
    if (!key) return word->has_alone ? 0 : -1;
    for (int v = word->has_alone; v < grammar_values(word); v++)
        if (!strcmp(word->value[v].name, key)) return v;
    return -1;
}

static int refuse_key(const struct word *word, const char *where, const char *key, char *error)
{
    int first = word->has_alone, n = grammar_values(word) - first;
    char form[GRAMMAR_TEXT];
    if (n > 0 && key)
        return unknown(error, where, "key", key,
                       (struct name_list){ &word->value[first].name, (size_t)n, sizeof *word->value });
    return error_set(error, "%s: unexpected '%.40s'; the line is `%s`", where, key ? key : "",
                     grammar_form(word, form));
}

/* The next word of a line: blanks in double quotes belong to it, and the quotes themselves are taken out.
 * NULL behind the last; *rest is then NULL if a quote is not closed. *equals: where its key ends, or
 * NULL */
static char *next_token(char **rest, char **equals)
{
    char *token = *rest + strspn(*rest, blanks), *from = token, *to = token;
    int in_quotes = 0;
    *equals = NULL;
    if (!*token) return NULL;
    for (; *from && (in_quotes || !strchr(blanks, *from)); from++)
        if (*from == '"') {
            in_quotes = !in_quotes;
        } else {
            if (*from == '=' && !in_quotes && !*equals) *equals = to;
            *to++ = *from;
        }
    *rest = in_quotes ? NULL : from + (*from != '\0');
    *to = '\0';
    return in_quotes ? NULL : token;
}

static int read_word(const struct word *word, const char *where, char *token, char *equals,
                     struct net_line *line, char *error)
{
    char form[GRAMMAR_TEXT];
    if (equals) *equals = '\0';
    int v = rule_of(word, equals ? token : NULL);
    if (v < 0 && equals) return refuse_key(word, where, token, error);
    if (v < 0 || (!equals && line->value[v].is_given))
        return error_set(error, "%s: unexpected '%.40s'; the line is `%s`", where, token,
                         grammar_form(word, form));
    if (line->value[v].is_given) return error_set(error, "%s: %s has two values", where, word->value[v].name);
    line->value[v].is_given = 1;
    return read_value(&word->value[v], where, equals ? equals + 1 : token, &line->value[v], error);
}

/* What the line does not say is as the grammar has it. */
static int fill_in(const struct word *word, const char *where, struct net_line *line, char *error)
{
    char form[GRAMMAR_TEXT];
    for (int v = 0; v < grammar_values(word); v++) {
        const struct value_rule *rule = &word->value[v];
        if (line->value[v].is_given) continue;
        if (!rule->standard)
            return error_set(error, "%s: %s needs %s: `%s`", where, word->name, rule->name,
                             grammar_form(word, form));
        if (!read_value(rule, where, rule->standard, &line->value[v], error)) return 0;
    }
    return 1;
}

/* text is written into */
static int read_line(struct net_line *line, const char *where, char *text, char *error)
{
    char *rest = text, *equals, *token = next_token(&rest, &equals), form[GRAMMAR_TEXT];
    const struct word *word = token ? grammar_find(grammar, token) : NULL;
    if (!token) return error_set(error, "%s: a quote is not closed", where);
    if (!word) return unknown(error, where, "word", token, grammar_names(grammar));
    line->word = word;
    if (word->choices) {
        if (!(token = next_token(&rest, &equals)))
            return error_set(error, "%s: %s needs one more word: `%s`", where, word->name,
                             grammar_form(word, form));
        if (!(line->choice = grammar_find(word->choices, token)))
            return unknown(error, where, word->name, token, grammar_names(word->choices));
        word = line->choice;
    }
    while (rest && (token = next_token(&rest, &equals)))
        if (!read_word(word, where, token, equals, line, error)) return 0;
    if (!rest) return error_set(error, "%s: a quote is not closed", where);
    return fill_in(word, where, line, error);
}

/* ---- a file ---- */

static struct net_line *find_line(struct netfile *f, const struct word *word)
{
    for (int l = 0; l < f->lines; l++)
        if (f->line[l].word == word) return &f->line[l];
    return NULL;
}

/* Is the line at its place: input, layers, loss in this order, and nothing but layers twice? */
static int check_place(struct netfile *f, const char *where, const struct net_line *line, char *error)
{
    const struct word *word = line->word;
    const struct net_line *same = find_line(f, word), *input = NULL, *loss = NULL;
    for (int l = 0; l < f->lines; l++) {
        if (f->line[l].word->place == PLACE_INPUT) input = &f->line[l];
        if (f->line[l].word->place == PLACE_LOSS) loss = &f->line[l];
    }
    if (word->place != PLACE_LAYER && same)
        return error_set(error, "%s: there is a line '%s' already: line %d", where, word->name, same->number);
    if (word->place == PLACE_LAYER && loss)
        return error_set(error, "%s: a layer behind the loss of line %d: '%s' belongs before it", where,
                         loss->number, word->name);
    if ((word->place == PLACE_LAYER || word->place == PLACE_LOSS) && !input)
        return error_set(error, "%s: '%s' has no input: a line like `input 1x28x28` belongs before it", where,
                         word->name);
    return 1;
}

static int add_line(struct netfile *f, const char *where, int number, char *text, char *error)
{
    struct net_line line = { .number = number };
    if (f->lines == NETFILE_LINES) return error_set(error, "%s: more than %d lines", where, NETFILE_LINES);
    if (!read_line(&line, where, text, error) || !check_place(f, where, &line, error)) return 0;
    f->line[f->lines++] = line;
    return 1;
}

static int check_first_line(const char *where, char *text, char *error)
{
    char *rest, *word = strtok_r(text, blanks, &rest), *version = strtok_r(NULL, blanks, &rest);
    if (!word || strcmp(word, "rungs-network") || !version || strtok_r(NULL, blanks, &rest))
        return error_set(error, "%s: a network file begins with the line `rungs-network 1`", where);
    if (strcmp(version, "1"))
        return error_set(error, "%s: a network file of version %.10s; this program reads version 1", where,
                         version);
    return 1;
}

/* Lines that every file must have; the others that it lacks are added. */
static int complete(struct netfile *f, char *error)
{
    int layers = 0;
    for (int l = 0; l < f->lines; l++) layers += f->line[l].word->place == PLACE_LAYER;
    for (const struct word *w = grammar; w->name; w++) {
        char text[GRAMMAR_TEXT], form[GRAMMAR_TEXT];
        if (w->place == PLACE_LAYER || find_line(f, w)) continue;
        if (w->must) return error_set(error, "%s has no line `%s`", f->name, grammar_form(w, form));
        snprintf(text, sizeof text, "%s %s", w->name, w->standard);
        if (!add_line(f, f->name, 0, text, error)) return 0;
    }
    return layers ? 1 : error_set(error, "%s has no layer, such as `dense 10`", f->name);
}

/* the first # that is not in quotes */
static const char *comment_in(const char *from, size_t n)
{
    int in_quotes = 0;
    for (size_t k = 0; k < n; k++) {
        if (from[k] == '"') in_quotes = !in_quotes;
        if (from[k] == '#' && !in_quotes) return from + k;
    }
    return NULL;
}

/* The text of a line: without its comment, and without blanks in front; "" if nothing is left. */
static int take_line(const char *where, const char *from, size_t n, char *text, char *error)
{
    const char *comment = comment_in(from, n);
    for (size_t k = 0; k < n; k++)
        if (iscntrl((unsigned char)from[k]) && !strchr(blanks, from[k] ? from[k] : 1))
            return error_set(error, "%s: a control character (%d); a network file is text", where,
                             (unsigned char)from[k]);
    if (comment) n = (size_t)(comment - from);
    memcpy(text, from, n);
    text[n] = '\0';
    if (text[strspn(text, blanks)] == '\0') *text = '\0';
    return 1;
}

static int parse_lines(struct netfile *f, const char *text, size_t n, char *line, char *error)
{
    char where[NETFILE_NAME + 24];
    for (int number = 1; number == 1 || n; number++) {
        const char *end = n ? memchr(text, '\n', n) : NULL;
        size_t length = end ? (size_t)(end - text) : n;
        snprintf(where, sizeof where, "%s, line %d", f->name, number);
        if (!take_line(where, text, length, line, error)) return 0;
        if (number == 1 && !check_first_line(where, line, error)) return 0;
        if (number > 1 && *line && !add_line(f, where, number, line, error)) return 0;
        text += length + (end != NULL);
        n -= length + (end != NULL);
    }
    return complete(f, error);
}

int netfile_parse(struct netfile *f, const char *name, const char *text, size_t n, char *error)
{
    memset(f, 0, sizeof *f);
    snprintf(f->name, sizeof f->name, "%s", name);
    if (n > NETFILE_BYTES)
        return error_set(error, "%s is longer than %d bytes: it is no network file", f->name, NETFILE_BYTES);
    char *line = malloc(n + 1);
    if (!line) return error_set(error, "out of memory for %s", f->name);
    int ok = parse_lines(f, text, n, line, error);
    free(line);
    return ok;
}

int netfile_read(struct netfile *f, const char *path, char *error)
{
    struct source s;
    if (!source_open(&s, path, error)) return 0;
    char *text = malloc(NETFILE_BYTES + 1);
    size_t n = text ? source_read(&s, text, NETFILE_BYTES + 1) : 0;
    int ok = text ? *s.reason ? error_set(error, "%s", s.reason) : netfile_parse(f, path, text, n, error)
                  : error_set(error, "out of memory for %s", path);
    source_close(&s);
    free(text);
    return ok;
}

/* ---- asking ---- */

const struct net_line *netfile_line(const struct netfile *f, const char *word)
{
    for (int l = 0; l < f->lines; l++)
        if (!strcmp(f->line[l].word->name, word)) return &f->line[l];
    return NULL;
}

double netfile_number(const struct netfile *f, const char *word)
{
    return netfile_line(f, word)->value[0].number;
}

/* ---- changing ---- */

static int change_line(struct net_line *line, const char *where, const char *word, const char *words,
                       char *error)
{
    char text[GRAMMAR_TEXT];
    struct net_line changed = { .number = line->number };
    const int n = snprintf(text, sizeof text, "%s %s", word, words);
    if (n < 0 || n >= GRAMMAR_TEXT) return error_set(error, "%s: this is too long", where);
    if (!read_line(&changed, where, text, error)) return 0;
    *line = changed;
    return 1;
}

/* "early-stop" -> "early_stop"; name holds NETFILE_VALUE bytes */
static const char *with_underscores(const char *word, char *name)
{
    snprintf(name, NETFILE_VALUE, "%s", word);
    for (char *c = name; *c; c++)
        if (*c == '-') *c = '_';
    return name;
}

/* A path with blanks is written without quotes in an option, as the shell took those away: "./my
 * data/iris.csv label=last". text holds GRAMMAR_TEXT bytes */
static const char *with_quotes(const char *words, char *text)
{
    const char *keys = strstr(words, " label=");
    const size_t path = keys ? (size_t)(keys - words) : strlen(words);
    if (strcspn(words, "\"") < path || !data_is_path(words) || strcspn(words, " \t#=") >= path) return words;
    const int n =
        snprintf(text, GRAMMAR_TEXT, "\"%.*s\"%.*s", (int)path, words, GRAMMAR_TEXT / 2, words + path);
    if (n >= GRAMMAR_TEXT) return words; /* what reads it says that it is too long */
    return text;
}

int netfile_set(struct netfile *f, const char *word, const char *words, char *error)
{
    char where[64], name[NETFILE_VALUE], text[GRAMMAR_TEXT];
    snprintf(where, sizeof where, "--%.20s %.30s", word, words);
    const struct word *named = grammar_find(grammar, with_underscores(word, name));
    if (named && named->value[0].kind == VALUE_DATA) words = with_quotes(words, text);
    if (named) return change_line(find_line(f, named), where, name, words, error);
    const char *key = strcmp(name, "label_smoothing") ? name : "smoothing"; /* of the loss */
    for (int l = 0; l < f->lines; l++) {
        const struct word *has = f->line[l].choice ? f->line[l].choice : f->line[l].word;
        enum word_place place = f->line[l].word->place;
        int v = place == PLACE_SETTING || place == PLACE_LOSS ? rule_of(has, key) : -1;
        struct net_value value = { .is_given = 1 };
        if (v < 0) continue;
        if (!read_value(&has->value[v], where, words, &value, error)) return 0;
        f->line[l].value[v] = value;
        return 1;
    }
    return error_set(error, "%s: no line of %s has a value %s", where, f->name, word);
}

static int is_activation(const struct net_line *line)
{
    return line->word->place == PLACE_LAYER && layer_is_activation(line->word->layer);
}

/* the line that stands behind dense layers: the first activation there is */
static const char *first_activation(const struct netfile *f, char *text)
{
    for (int l = 0; l < f->lines; l++)
        if (is_activation(&f->line[l])) return net_line_text(&f->line[l], text);
    return "relu";
}

static int add_hidden(struct netfile *f, const char *widths, const char *activation, char *error)
{
    char text[GRAMMAR_TEXT];
    for (const char *at = widths;; at++) {
        size_t n = strcspn(at, ",");
        snprintf(text, sizeof text, "dense %.*s", n < 20 ? (int)n : 20, at);
        if (strspn(at, "0123456789") != n || !add_line(f, "--hidden", 0, text, error)) return 0;
        snprintf(text, sizeof text, "%s", activation);
        if (!add_line(f, "--hidden", 0, text, error)) return 0;
        at += n;
        if (!*at) return 1;
    }
}

static const struct net_line *last_layer(const struct netfile *f)
{
    const struct net_line *last = NULL;
    for (int l = 0; l < f->lines; l++)
        if (f->line[l].word->place == PLACE_LAYER) last = &f->line[l];
    return last;
}

int netfile_set_hidden(struct netfile *f, const char *widths, char *error)
{
    struct netfile was = *f;
    const struct net_line *last = last_layer(&was);
    char text[GRAMMAR_TEXT];
    const char *activation = first_activation(&was, text);
    int ok = 1;
    f->lines = 0;
    for (int l = 0; l < was.lines && ok; l++) {
        const struct net_line *line = &was.line[l];
        if (line == last && strcmp(widths, "none")) ok = add_hidden(f, widths, activation, error);
        if (ok && (line->word->place != PLACE_LAYER || line == last)) f->line[f->lines++] = *line;
    }
    if (ok) return 1;
    *f = was;
    return error_set(error,
                     "--hidden %.60s: it must be up to %d numbers of neurons like 512,256, or the word none",
                     widths, HIDDEN_MOST);
}

int netfile_set_dropout(struct netfile *f, const char *p, char *error)
{
    const struct word *dropout = grammar_find(grammar, "dropout");
    struct netfile was = *f;
    const struct net_line *last = last_layer(&was);
    struct net_value value;
    char text[GRAMMAR_TEXT], where[64];
    int ok = 1, added = 0;
    snprintf(where, sizeof where, "--dropout %.30s", p);
    if (!read_value(&dropout->value[0], where, p, &value, error)) return 0;
    f->lines = 0;
    for (int l = 0; l < was.lines && ok; l++) {
        const struct net_line *line = &was.line[l];
        if (line->word == dropout) continue;
        f->line[f->lines++] = *line;
        if (!is_activation(line) || line > last || line == last || value.number == 0) continue;
        snprintf(text, sizeof text, "dropout p=%s", p);
        ok = add_line(f, where, 0, text, error);
        added++;
    }
    if (ok && !added && value.number > 0)
        ok = error_set(error, "%s: %s has no hidden activation that it could follow", where, f->name);
    if (!ok) *f = was;
    return ok;
}

/* ---- writing and comparing ---- */

const char *net_line_text(const struct net_line *line, char *text)
{
    const struct word *word = line->choice ? line->choice : line->word;
    size_t used = (size_t)snprintf(text, GRAMMAR_TEXT, "%s", line->word->name);
    if (line->choice) used += (size_t)snprintf(text + used, GRAMMAR_TEXT - used, " %s", word->name);
    for (int v = 0; v < grammar_values(word) && used < GRAMMAR_TEXT; v++) {
        const struct net_value *value = &line->value[v];
        if (!value->is_given) continue;
        const char *quote = strpbrk(value->text, " \t#=") ? "\"" : "";
        const int is_alone = word->has_alone && !v;
        used += (size_t)snprintf(text + used, GRAMMAR_TEXT - used, " %s%s%s%s%s",
                                 is_alone ? "" : word->value[v].name, is_alone ? "" : "=", quote, value->text,
                                 quote);
    }
    return text;
}

size_t netfile_text(const struct netfile *f, char *text)
{
    char line[GRAMMAR_TEXT];
    size_t used = (size_t)snprintf(text, NETFILE_BYTES, "rungs-network 1\n");
    for (int l = 0; l < f->lines; l++)
        used += (size_t)snprintf(text + used, NETFILE_BYTES - used, "%s\n", net_line_text(&f->line[l], line));
    return used;
}

static int is_same(const struct net_line *a, const struct net_line *b)
{
    if (a->word != b->word || a->choice != b->choice) return 0;
    const struct word *word = a->choice ? a->choice : a->word;
    for (int v = 0; v < grammar_values(word); v++) {
        const struct net_value *x = &a->value[v], *y = &b->value[v];
        const int is_text = word->value[v].kind == VALUE_DATA || word->value[v].kind == VALUE_TEXT;
        if (is_text ? strcmp(x->text, y->text) : x->number != y->number) return 0;
        if (memcmp(&x->shape, &y->shape, sizeof x->shape)) return 0;
    }
    return 1;
}

/* the n-th line of the network itself (input, layers, loss), NULL if there are fewer */
static const struct net_line *part(const struct netfile *f, int n)
{
    for (int l = 0; l < f->lines; l++)
        if (f->line[l].word->place != PLACE_SETTING && n-- == 0) return &f->line[l];
    return NULL;
}

const struct net_line *netfile_difference(const struct netfile *a, const struct netfile *b,
                                          const char *except, const struct net_line **other)
{
    const struct net_line *x, *y;
    for (int n = 0; (x = part(a, n)), (y = part(b, n)), x || y; n++) {
        *other = x && y ? x : NULL;
        if (!x || !y) return x ? x : y;
        if (!is_same(x, y)) return y;
    }
    for (int l = 0; l < b->lines; l++) {
        y = &b->line[l];
        if (y->word->place != PLACE_SETTING || (except && !strcmp(y->word->name, except))) continue;
        *other = x = netfile_line(a, y->word->name);
        if (!is_same(x, y)) return y;
    }
    return NULL;
}
