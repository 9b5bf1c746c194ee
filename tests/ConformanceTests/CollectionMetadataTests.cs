using System.Text;
using OmeZarr.Acquisition;
using OmeZarr.Documents;

namespace OmeZarr.ConformanceTests;

/// <summary>
/// What collections and plates begin with, as the official schemas and the rules beyond them see it. Without pixels: the metadata
/// is the same before and after them.
/// </summary>
internal sealed class CollectionMetadataTests
{
    private const string Frame = """{"name": "y", "count": 6, "unit": "um", "scale": 0.5}, {"name": "x", "count": 5, "unit": "um", "scale": 0.5}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("omz-collection-");

    [OneTimeTearDown]
    public void RemoveDatasets() => _folder.Delete(recursive: true);

    private static IEnumerable<TestCaseData> Documents() =>
        from version in new[] { "0.5", "0.6" }
        from document in Acquisitions()
        select new TestCaseData(document.Name, version, document.Settings).SetArgDisplayNames(document.Name, version);

    private static IEnumerable<(string Name, string Settings)> Acquisitions()
    {
        yield return ("positions", """
            {"dimensions": [{"name": "t", "count": 2}, {"name": "p", "type": "position", "coords": [
              {"name": "a b", "x_coord": 3, "y_coord": -4.5, "z_coord": 1}, {"name": "ä", "grid_row": 1, "grid_column": 2}, "A B"]},
              {"name": "z", "count": 2}, FRAME]}
            """);
        yield return ("more than five dimensions", """
            {"dimensions": [{"name": "t", "count": 2}, {"name": "angle", "count": 2}, {"name": "phase", "coords": [0, "pi"]}, {"name": "c", "coords": ["DAPI"]},
              {"name": "z", "count": 2}, FRAME]}
            """);
        yield return ("channels as images", """
            {"dimensions": [{"name": "c", "coords": ["a", "b"]}, {"name": "dye", "type": "channel", "coords": ["d", "e"]}, FRAME]}
            """);
        yield return ("cameras", """
            {"arrays": [
              {"key": "left", "dimensions": [{"name": "t", "count": 2}, {"name": "c", "coords": ["DAPI", "GFP"]}, FRAME]},
              {"key": "right", "dtype": "uint8", "dimensions": [{"name": "p", "type": "position", "coords": ["a", "b"]}, {"name": "z", "count": 2}, FRAME]},
              {"key": "overview", "dtype": "float32", "dimensions": [FRAME]}]}
            """);
        yield return ("plate", """
            {"plate": {"row_names": ["A", "B"], "column_names": ["1", "2", "3"], "name": "screen", "acquisitions": [
               {"id": 2, "name": "first", "description": "before", "start_time": 1700000000, "end_time": 1700000001}, {"id": 0, "name": "second"}]},
             "dimensions": [{"name": "p", "type": "position", "coords": [
               {"name": "f_0", "plate_row": "B", "plate_column": "2", "plate_acquisition": 2}, {"name": "f_1", "plate_row": "B", "plate_column": "2", "plate_acquisition": 0},
               {"name": "-", "plate_row": "A", "plate_column": "3", "plate_acquisition": 0}]}, {"name": "t", "count": 2}, FRAME]}
            """);
        yield return ("plate without runs", """
            {"plate": {"row_names": ["A"], "column_names": ["1"]}, "dimensions": [
               {"name": "p", "type": "position", "coords": [{"name": "0", "plate_row": "A", "plate_column": "1"}]}, FRAME]}
            """);
        yield return ("single image with OME-XML", """{"ome_xml": true, "dimensions": [{"name": "t", "count": 2}, FRAME]}""");
        yield return ("collection without OME-XML", """{"ome_xml": false, "dimensions": [{"name": "p", "count": 2}, FRAME]}""");
    }

    [TestCaseSource(nameof(Documents))]
    public void ShouldKeepToTheStrictSchemasAndToTheRulesThatSchemasMiss(string name, string version, string settings)
    {
        var dataset = Write($"{name} {version}", settings.Insert(1, $"\"ome_zarr_version\": \"{version}\","));
        Structure.Validate(dataset);
        Assert.That(Schemas.Problems(dataset), Is.Empty);

        // What the strict schema of images asks for describes how a pyramid was made, which a single level has not.
        Assert.That(Schemas.Problems(dataset, strict: true)
            .Where(problem => !problem.Contains(": strict_image: ", StringComparison.Ordinal)), Is.Empty);
    }

    private string Write(string name, string settings)
    {
        var dataset = Path.Join(_folder.FullName, name);
        var text = settings.Replace("FRAME", Frame, StringComparison.Ordinal).Insert(1, """ "root_path": "collection", "dtype": "uint16", """);
        foreach (var document in new DatasetMetadata(AcquisitionPlanner.Plan(Encoding.UTF8.GetBytes(text))).Initial())
        {
            var file = Path.Join(dataset, document.Key);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, document.Utf8.ToArray());
        }

        return dataset;
    }
}
