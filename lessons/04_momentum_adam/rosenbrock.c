/* rosenbrock.c - CSV on stdout: the paths of four optimizers through Rosenbrock's bent valley, each at
 * its best rate and mu. */
#include "paths_csv.h"

int main(void)
{
    return print_paths(&rosenbrock, 1000);
}
