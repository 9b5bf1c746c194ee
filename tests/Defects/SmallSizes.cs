namespace OmeZarr.Defects;

/// <summary>
/// Constants of the product that are smaller wherever defects are inserted, so that short runs reach the states of long ones.
/// With the small values the library itself would still work; with the large ones no test would ever reach the limits.
/// </summary>
internal static class SmallSizes
{
    public static IReadOnlyList<Edit> All { get; } =
    [
        Edit.Text("OmeZarr.Streaming/MemoryPlan.cs", "public const int MaxBorrowed = 256;", "public const int MaxBorrowed = 6;"),
    ];
}
