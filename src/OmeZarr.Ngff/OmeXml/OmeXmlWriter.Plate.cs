using System.Collections.Immutable;

namespace OmeZarr.Ngff.OmeXml;

// Plates: wells with their images, and the runs in which they were acquired.
public sealed partial class OmeXmlWriter
{
    private void Plate(OmePlate plate)
    {
        Start("Plate");
        Attribute("ID", "Plate:0");
        Attribute("Name", plate.Plate.Name);
        Naming("ColumnNamingConvention", plate.Plate.Columns);
        Naming("RowNamingConvention", plate.Plate.Rows);
        Attribute("Rows", plate.Plate.Rows.Length);
        Attribute("Columns", plate.Plate.Columns.Length);
        foreach (var (well, samples) in plate.Plate.Wells.Zip(plate.Samples))
            Well(well, samples);
        var all = plate.Samples.SelectMany(samples => samples).ToLookup(sample => sample.Acquisition, sample => sample.Image);
        foreach (var acquisition in plate.Plate.Acquisitions)
            Acquisition(acquisition, all[acquisition.Id]);
        End();
    }

    /// <summary>Nothing is said of names that are neither all letters nor all numbers.</summary>
    private void Naming(string name, ImmutableArray<string> names)
    {
        if (names.All(given => given.All(char.IsAsciiLetter)))
            Attribute(name, "letter");
        else if (names.All(given => given.All(char.IsAsciiDigit)))
            Attribute(name, "number");
    }

    private void Well(PlateWell well, ImmutableArray<OmeWellSample> samples)
    {
        Start("Well");
        Attribute("ID", $"Well:{well.Row}_{well.Column}");
        Attribute("Column", well.Column);
        Attribute("Row", well.Row);
        foreach (var sample in samples)
        {
            Start("WellSample");
            Attribute("ID", $"WellSample:{sample.Image}");
            Quantity("PositionX", sample.X, "reference frame");
            Quantity("PositionY", sample.Y, "reference frame");
            Attribute("Index", sample.Image);
            Start("ImageRef");
            Attribute("ID", $"Image:{sample.Image}");
            End();
            End();
        }

        End();
    }

    private void Acquisition(PlateAcquisition acquisition, IEnumerable<int> images)
    {
        Start("PlateAcquisition");
        Attribute("ID", $"PlateAcquisition:{acquisition.Id}");
        if (acquisition.Name is { } name)
            Attribute("Name", name);
        if (acquisition.EndTime is { } end)
            Attribute("EndTime", Text(DateTimeOffset.FromUnixTimeSeconds(end)));
        if (acquisition.StartTime is { } start)
            Attribute("StartTime", Text(DateTimeOffset.FromUnixTimeSeconds(start)));
        Attribute("MaximumFieldCount", acquisition.MaximumFieldCount);
        if (acquisition.Description is { } description)
            _xml.WriteElementString("Description", Namespace, Possible(description));
        foreach (var image in images)
        {
            Start("WellSampleRef");
            Attribute("ID", $"WellSample:{image}");
            End();
        }

        End();
    }
}
