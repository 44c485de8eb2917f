/* learn_names.c - names that tell only who knows the seed who a student is; see learn_class.h. */
#include "learn_class.h"

#include <string.h>

#include "../reference/philox.h"

enum { SLOW = 1 << 16 }; /* applications of Philox: a millisecond */

static const char *const animals[] = {
    "badger",   "beaver",  "bittern",  "bison",    "buzzard",  "chamois", "condor",  "cormorant",
    "crane",    "curlew",  "dolphin",  "dormouse", "eagle",    "egret",   "falcon",  "ferret",
    "finch",    "fox",     "gannet",   "gecko",    "goshawk",  "grebe",   "grouse",  "hare",
    "hedgehog", "heron",   "hoopoe",   "ibex",     "ibis",     "jackdaw", "kestrel", "kite",
    "lapwing",  "lark",    "lemur",    "linnet",   "lizard",   "lynx",    "magpie",  "marmot",
    "marten",   "merlin",  "mole",     "newt",     "nuthatch", "osprey",  "otter",   "owl",
    "petrel",   "plover",  "puffin",   "raven",    "robin",    "salmon",  "seal",    "shrew",
    "skylark",  "sparrow", "starling", "stork",    "swallow",  "tern",    "vole",    "wren",
};

void pseudonym(uint64_t seed, const char *name, char text[PSEUDONYM])
{
    uint32_t block[4] = { 0 };
    const uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
    size_t n = strlen(name);
    for (size_t at = 0; at <= n; at++) {
        block[0] ^= (unsigned char)name[at];
        philox4x32(block, key, block);
    }
    for (int k = 0; k < SLOW; k++) philox4x32(block, key, block);
    snprintf(text, PSEUDONYM, "%s %d", animals[block[0] % (sizeof animals / sizeof *animals)],
             10 + (int)(block[1] % 90));
}
