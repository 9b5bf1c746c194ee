using System.Globalization;
using OmeZarr.Zarr.Json;

namespace OmeZarr.Zarr.Stored;

/// <summary>What the bits of an element mean.</summary>
public enum ElementKind
{
    /// <summary>One byte, 0 or 1.</summary>
    Boolean,

    /// <summary>A whole number from 0.</summary>
    Unsigned,

    /// <summary>A whole number in two's complement.</summary>
    Signed,

    /// <summary>IEEE 754.</summary>
    Float,

    /// <summary>Two floats: real, then imaginary.</summary>
    Complex,
}

/// <summary>
/// A data type of Zarr v3 that has a fixed size. Any that a writer can have used, not only those that are written here.
/// </summary>
/// <param name="Name">The name in <c>zarr.json</c>, such as <c>uint16</c>.</param>
/// <param name="Kind">What its bits mean.</param>
/// <param name="Size">Bytes of an element, 1 to 16.</param>
/// <seealso href="https://zarr-specs.readthedocs.io/en/latest/v3/data-types/index.html"/>
public sealed record ElementType(string Name, ElementKind Kind, int Size)
{
    /// <summary>All that can be read.</summary>
    public static IReadOnlyList<ElementType> All { get; } =
    [
        new("bool", ElementKind.Boolean, 1),
        .. Numbers("uint", ElementKind.Unsigned, 1, 2, 4, 8),
        .. Numbers("int", ElementKind.Signed, 1, 2, 4, 8),
        .. Numbers("float", ElementKind.Float, 2, 4, 8),
        .. Numbers("complex", ElementKind.Complex, 8, 16),
    ];

    /// <summary>Bytes that the byte order turns around: half of a complex number.</summary>
    internal int SwappedBytes => Kind == ElementKind.Complex ? Size / 2 : Size;

    /// <summary>Finds a type by its Zarr name.</summary>
    /// <exception cref="ZarrFormatException">It is none of <see cref="All"/>.</exception>
    internal static ElementType Of(string name)
    {
        foreach (var type in All)
        {
            if (type.Name == name)
                return type;
        }

        throw new ZarrFormatException(
            $"The data_type \"{name}\" is not supported; known are {string.Join(", ", All.Select(type => type.Name))}.");
    }

    private static IEnumerable<ElementType> Numbers(string name, ElementKind kind, params int[] sizes) =>
        sizes.Select(size => new ElementType(name + (size * 8).ToString(CultureInfo.InvariantCulture), kind, size));
}
