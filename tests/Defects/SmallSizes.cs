namespace OmeZarr.Defects;

/// <summary>
/// Sizes of the product that are smaller wherever defects are put in, so that short runs come to what long ones come to. As they
/// are small in the library itself nobody would notice; as they are large nobody would ever see the end of them.
/// </summary>
internal static class SmallSizes
{
    public static IReadOnlyList<Edit> All { get; } =
    [
        Edit.Text("OmeZarr.Streaming/MemoryPlan.cs", "public const int MaxBorrowed = 256;", "public const int MaxBorrowed = 6;"),
    ];
}
