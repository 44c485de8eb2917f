/* site_pages.c - which pages the site has; see site.h. */
#include "site.h"

#include <string.h>

#include "../lessons/lesson.h"

const struct site_page site_pages[] = {
    { "README.md", "index.html", "Rungs" },
    { NULL, "exercises.html", "Exercises" },
    { NULL, "figures.html", "Figures" },
    { "gradcheck/README.md", "gradcheck.html", "Gradient checker" },
    { "emu/README.md", "emu.html", "CUDA on a CPU" },
    { "lessons/claims/README.md", "lessons-claims.html", "The articles' claims" },
    { "lessons/claims/frameworks.md", "lessons-claims-frameworks.html", NULL },
    { "lessons/claims/formulas.md", "lessons-claims-formulas.html", NULL },
    { "lessons/claims/speed.md", "lessons-claims-speed.html", NULL },
    { "lessons/04_momentum_adam/same_name_other_numbers.md",
      "lessons-04_momentum_adam-same_name_other_numbers.html", "Where frameworks disagree" },
    { "CONTRIBUTING.md", "CONTRIBUTING.html", "Contributing" },
    { NULL, "terms.html", "Terms" },
    { 0 },
};

int site_is_listed(const char *path)
{
    for (const struct site_page *p = site_pages; p->name; p++)
        if (p->path && !strcmp(p->path, path)) return 1;
    return 0;
}

int site_has_page(const char *path)
{
    size_t n = strlen(path);
    if (site_is_listed(path)) return 1;
    for (const struct lesson *l = lessons; l->number; l++) {
        char folder[200];
        int m = snprintf(folder, sizeof folder, "lessons/%s/", l->folder);
        if (!strncmp(path, folder, (size_t)m) && !strchr(path + m, '/') && n > 3 &&
            !strcmp(path + n - 3, ".md"))
            return 1;
    }
    return 0;
}
