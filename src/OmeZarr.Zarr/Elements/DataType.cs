namespace OmeZarr.Zarr.Elements;

/// <summary>The fixed-size number types of Zarr v3 that pixels can have.</summary>
/// <seealso href="https://zarr-specs.readthedocs.io/en/latest/v3/data-types/index.html"/>
public enum DataType
{
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Int8,
    Int16,
    Int32,
    Int64,
    Float32,
    Float64,
}

/// <summary>Names and sizes of <see cref="DataType"/>.</summary>
public static class DataTypes
{
    /// <summary>Bytes of one element: 1, 2, 4 or 8.</summary>
    public static int Size(this DataType type) => type switch
    {
        DataType.UInt8 or DataType.Int8 => 1,
        DataType.UInt16 or DataType.Int16 => 2,
        DataType.UInt32 or DataType.Int32 or DataType.Float32 => 4,
        _ => 8,
    };

    /// <summary>Bits of one element.</summary>
    public static int Bits(this DataType type) => type.Size() * 8;

    /// <summary>The name in <c>zarr.json</c>, such as <c>uint16</c>.</summary>
    public static string Name(this DataType type) => Names[(int)type];

    /// <summary>All names, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> Names { get; } =
        Enum.GetNames<DataType>().Select(name => name.ToLowerInvariant()).ToArray();

    /// <summary>Finds a type by its Zarr name.</summary>
    public static bool TryParse(string? name, out DataType type)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name)
            {
                type = (DataType)i;
                return true;
            }
        }

        type = default;
        return false;
    }
}
