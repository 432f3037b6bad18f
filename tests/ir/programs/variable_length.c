/* Arrays whose length is known at run time. */
//@ unprintable: a variable length array
#include <stdio.h>

static int vla(int n, int m, int grid[n][m])
{
    int copy[n][m], total = 0, line[n];

    for (int i = 0; i < n; i++) {
        line[i] = i;
        for (int j = 0; j < m; j++)
            copy[i][j] = grid[i][j] * line[i];
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            total += copy[i][j];
    return total + (int)sizeof(copy[0]) + (int)(sizeof copy / sizeof(int));
}

static int sizes(int n)
{
    int before = n;
    char a[n++];
    int s = (int)sizeof a;
    s += (int)sizeof(char[n++]);
    typedef char row[n];
    n = 100;
    row r;
    s += (int)sizeof r;
    return s * 1000 + n + before;
}

int main(void)
{
    int grid[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };

    printf("%d\n", vla(2, 3, grid));
    printf("%d\n", sizes(3));
    return 0;
}
