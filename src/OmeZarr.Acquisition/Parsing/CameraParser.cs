using System.Text.Json;
using OmeZarr.Acquisition.Settings;
using OmeZarr.Zarr.Elements;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>Reads what concerns the frames of one camera: at the root, or in an element of <c>arrays</c>.</summary>
internal static class CameraParser
{
    /// <summary>dtype as NumPy abbreviates it; the byte order that it may begin with is the machine's.</summary>
    private static readonly (string Short, DataType Type)[] ShortTypes =
    [
        ("u1", DataType.UInt8), ("u2", DataType.UInt16), ("u4", DataType.UInt32), ("u8", DataType.UInt64),
        ("i1", DataType.Int8), ("i2", DataType.Int16), ("i4", DataType.Int32), ("i8", DataType.Int64),
        ("f4", DataType.Float32), ("f8", DataType.Float64), ("single", DataType.Float32), ("double", DataType.Float64),
    ];

    public static CameraSettings Parse(SettingsObject json, string key, bool allowNonconforming)
    {
        var dataType = DataTypeOf(json);
        var dimensions = DimensionListParser.Parse(json);
        var (compression, checksum) = CompressionParser.Parse(json);
        var camera = new CameraSettings
        {
            Key = key,
            AllowNonconforming = allowNonconforming,
            Dimensions = dimensions,
            DataType = dataType,
            Compression = compression,
            Checksum = (json.Flag("checksum") ?? false) || checksum,
            StorageOrder = StorageOrderParser.Parse(json, dimensions),
            AutoLayout = json.Choice("layout", ("auto", true)) ?? false,
            Pyramid = PyramidParser.Parse(json, dimensions),
            Omero = OmeroParser.Automatic,
            Frame = FrameParser.Parse(json, dataType, dimensions),
        };
        return camera with { Omero = OmeroParser.Parse(json, camera) };
    }

    private static DataType DataTypeOf(SettingsObject json)
    {
        json.Require("dtype", $"one of {string.Join(", ", DataTypes.Names)}");
        if (!json.TryGet("dtype", out var value))
            return default;
        var name = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        if (DataTypes.TryParse(name, out var type))
            return type;
        var bare = name.TrimStart('<', '=', '|');
        foreach (var (abbreviation, meaning) in ShortTypes)
        {
            if (abbreviation == bare)
                return meaning;
        }

        json.Report("dtype", SettingsObject.OneOf(DataTypes.Names));
        return default;
    }
}
