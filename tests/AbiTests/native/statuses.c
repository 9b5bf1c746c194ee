/* Prints the name that the library gives each number, one a line. */
#include "omezarr_native.h"

#include <stdio.h>

int main(void)
{
    for (int32_t status = -64; status <= 8; status++)
        printf("%d %s\n", status, omz_status_name(status));
    printf("%d %s\n", INT32_MIN, omz_status_name(INT32_MIN));
    printf("%d %s\n", INT32_MAX, omz_status_name(INT32_MAX));
    return 0;
}
