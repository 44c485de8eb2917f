/* main.cu - all styles, one after the other. */
#include "styles.h"

int main()
{
    reductions();
    scans();
    rows();
    products();
    return finish();
}
