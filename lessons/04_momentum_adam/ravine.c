/* ravine.c - CSV on stdout: the paths of four optimizers down a ravine, each at its best rate and mu. */
#include "paths_csv.h"

int main(void)
{
    return print_paths(&ravine, 60);
}
