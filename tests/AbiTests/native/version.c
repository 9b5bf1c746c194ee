/* Prints the text of omz_version. */
#include "omezarr_native.h"

#include <stdio.h>

int main(void)
{
    puts(omz_version());
    return 0;
}
