using System.Globalization;
using System.Xml;
using OmeZarr.Reading;
using OmeZarr.Storage;

namespace OmeZarr.Cli.Verification;

/// <summary>Holds <c>OME/METADATA.ome.xml</c> against the images that it describes.</summary>
internal static class OmeXmlCheck
{
    private const string Key = "OME/METADATA.ome.xml";
    private const string Kind = "ome-xml";

    /// <param name="store">The dataset's.</param>
    /// <param name="images">In the order of the series; null for one that cannot be read.</param>
    /// <param name="findings">Told what is wrong.</param>
    public static void Check(IReadableStore store, IReadOnlyList<DatasetImage?> images, Findings findings)
    {
        if (store.Get(Key) is not { } xml)
            return;
        try
        {
            var sizes = Sizes(xml);
            if (sizes.Count != images.Count)
                findings.Error(Kind, Key, $"it describes {sizes.Count} images, and the dataset has {images.Count}");
            // A plate lists its wells in another order than its series: their planes are alike.
            foreach (var (size, image) in sizes.Zip(images))
            {
                if (image?.Levels[0].Array.Metadata.Shape is not { Length: >= 2 } shape)
                    continue;
                if (size.X != shape[^1] || size.Y != shape[^2])
                {
                    findings.Error(Kind, Key,
                        $"it says {size.X} x {size.Y} of {image.Place.Path}, whose planes are {shape[^1]} x {shape[^2]}");
                }
            }
        }
        catch (XmlException e)
        {
            findings.Error(Kind, Key, $"it is no well-formed XML: {e.Message}");
        }
    }

    private static List<(long X, long Y)> Sizes(byte[] xml)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        List<(long, long)> sizes = [];
        using var file = new MemoryStream(xml);
        using var reader = XmlReader.Create(file, settings);
        while (reader.Read())
        {
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "Pixels" })
                sizes.Add((Number(reader, "SizeX"), Number(reader, "SizeY")));
        }

        return sizes;
    }

    private static long Number(XmlReader reader, string attribute) =>
        long.TryParse(reader.GetAttribute(attribute), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : -1;
}
