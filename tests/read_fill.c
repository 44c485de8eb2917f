/* read_fill.c - where lines with Chinese end: known answers for paragraphs, lists, tables and the rest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cli/read.h"

#define M READ_FILL
#define J READ_JOIN

static int failed;

/* in is filled to so many columns, which gives out */
static void fills(const char *about, int columns, const char *in, const char *out)
{
    char *got = NULL;
    size_t room;
    FILE *from = tmpfile(), *to = open_memstream(&got, &room);
    if (!from || !to) exit(1);
    fputs(in, from);
    rewind(from);
    read_fill(from, to, columns);
    fclose(from);
    fclose(to);
    if (strcmp(got, out)) {
        printf("FAIL: %s:\n%s--- and not\n%s", about, got, out);
        failed = 1;
    }
    free(got);
}

static void breaks(const char *text, int columns, const char *out)
{
    char *got = read_break_cell(text, columns);
    if (strcmp(got, out)) {
        printf("FAIL: a cell of %d columns: '%s' and not '%s'\n", columns, got, out);
        failed = 1;
    }
    free(got);
}

static void widest(const char *text, int less, int known)
{
    int got = read_widest_word(text, less);
    if (got == known) return;
    printf("FAIL: the widest word of '%s' below %d has %d columns, not %d\n", text, less, got, known);
    failed = 1;
}

int main(void)
{
    fills("two columns each", 12, "一" M "二三四五六七八九\n", "一二三四五六\n七八九\n");
    fills("an odd width", 13, "一" M "二三四五六七八九\n", "一二三四五六\n七八九\n");
    fills("a full stop begins no line", 12, "一" M "二三四五六。七八\n", "一二三四五\n六。七八\n");
    fills("nor do two signs that close", 12, "一" M "二三四五六）。七八\n", "一二三四五\n六）。七八\n");
    fills("nor ASCII's", 12, "一" M "二三四五六, 七八\n", "一二三四五\n六, 七八\n");
    fills("an opening sign ends no line", 12, "一" M "二三四五（六七）八\n", "一二三四五\n（六七）八\n");
    fills("nor ASCII's, which takes its word along", 12, "一" M "二三四五x(六)\n", "一二三四五\nx(六)\n");
    fills("nor does a quote that opens", 11, "一" M "二三四五“六七”八\n", "一二三四五\n“六七”八\n");
    fills("dashes stay together, behind a word", 12, "一" M "二三四——五六七八\n", "一二三四——五\n六七八\n");
    fills("and begin no line", 8, "一" M "二三四——五六\n", "一二三\n四——五六\n");
    fills("an English word stays whole", 12, "一" M "二三hidden四五\n", "一二三hidden\n四五\n");
    fills("also where it does not fit", 11, "一" M "二三hidden四五\n", "一二三\nhidden四五\n");
    fills("a blank at a line's end is gone", 12, "一" M "二三 hidden 四五\n", "一二三\nhidden 四五\n");
    fills("lines are joined where pandoc broke them", 20, "一" M "二三 four\nfive 六七八九十\n",
          "一二三 four five 六\n七八九十\n");
    fills("nothing fits", 3, "unbroken" M "一（二）\n", "unbroken\n一\n（二）\n");
    fills("an item's lines hang", 12, "-   一" M "二三四五六七\n    八九\n",
          "-   一二三四\n    五六七\n    八九\n");
    fills("a number's, too", 14, "10. 一" M "二三四五六七\n", "10. 一二三四五\n    六七\n");
    fills("the next item is another one", 12, "-   一" M "\n-   二" M "三四五六\n",
          "-   一\n-   二三四五\n    六\n");
    fills("so is one in it", 12, "-   一" M "\n    -   二" M "三四\n", "-   一\n    -   二三\n        四\n");
    fills("a paragraph in an item", 10, "-   一\n\n    二" M "三四五\n", "-   一\n\n    二三四\n    五\n");
    fills("marks take no room", 8, "一" M READ_BOLD "二三" READ_BOLD "四五\n",
          "一" READ_BOLD "二三" READ_BOLD "四\n五\n");
    fills("without a mark lines stay", 8, "一二三四五六\n    int x; 七八\nfive six seven\n",
          "一二三四五六\n    int x; 七八\nfive six seven\n");
    fills("a cell's lines that pandoc did not break are joined", 40,
          "  -------- ---\n  一" J " 二" J " 三 x\n  一       y\n  一二" J "     z\n  一二三四" J " z\n",
          "  -------- ---\n  一二三   x\n  一       y\n  一二     z\n  一二三四 z\n");
    fills("without a ruler they are not", 40, "  ----\n  一" J " 二\n", "  ----\n  一 二\n");
    breaks("一二三四五六七", 6, "一二三" J " 四五六" J " 七");
    breaks("一二三。四五", 6, "一二" J " 三。四" J " 五");
    fills("an English paragraph's term is whole", 20, "one two three (一" M "二\n三四五) four\n",
          "one two three (一二\n三四五) four\n");
    breaks("one two three four (一二)", 20, "one two three four (一二)");
    widest("one two three four (一二三)", 30, 8);
    breaks("one two three", 6, "one two three");
    breaks("用\\(一\\)二", 6, "用\\(一" J " \\)二");
    widest("one three 一二", 30, 5);
    widest("一（二）三", 30, 6);
    widest("twelve-or-so x", 10, 1);
    if (!failed) puts("all lines end where they may");
    return failed;
}
