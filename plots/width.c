/* width.c - widths of characters; see width.h. */
#include "width.h"

#include <string.h>

/* of ' ' to '~', in thousandths of the font size */
static const short advance[] = {
    318,  401, 460, 838, 637, 951, 780, 275, 391, 391, 500, 838, 318, 361, 318, 337, /* space to /  */
    637,  637, 637, 637, 637, 637, 637, 637, 637, 637, 337, 337, 838, 838, 838, 531, /* 0 to ?      */
    1000, 685, 687, 699, 771, 632, 576, 775, 752, 295, 295, 656, 558, 863, 749, 788, /* @ to O      */
    604,  788, 695, 635, 611, 732, 685, 989, 686, 611, 686, 391, 337, 391, 838, 500, /* P to _      */
    500,  613, 635, 550, 635, 616, 353, 635, 634, 278, 278, 580, 278, 975, 634, 612, /* ` to o      */
    635,  635, 412, 521, 393, 634, 592, 818, 592, 592, 525, 637, 337, 637, 838,      /* p to ~      */
};
enum { OTHER = 1000 }; /* no letter of Latin, Greek or Cyrillic script that a name may hold is much wider */

static int is_start(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80; /* of a character in UTF-8 */
}

double width_of(const char *text, double size)
{
    double sum = 0;
    for (; *text; text++)
        if (is_start(*text)) sum += *text >= ' ' && *text <= '~' ? advance[*text - ' '] : OTHER;
    return size * sum / 1000;
}

void width_fit(char *text, double size, double most)
{
    static const char dots[] = "…";
    size_t whole = strlen(text), n = whole;
    if (width_of(text, size) <= most) return;
    do {
        if (n) n--;
        if (is_start(text[n])) text[n] = '\0';
    } while (n &&
             (text[n] || n + sizeof dots > whole + 1 || width_of(text, size) + width_of(dots, size) > most));
    if (n) strcpy(text + n, dots);
}
