using System.Collections.Immutable;
using System.Text.Json.Nodes;
using OmeZarr.Acquisition;
using OmeZarr.Acquisition.Text;
using OmeZarr.Ngff;
using OmeZarr.Zarr;

namespace OmeZarr.Documents;

/// <summary>The groups around the images; they never change while the dataset grows.</summary>
internal static class CollectionDocuments
{
    /// <summary>
    /// Wells, then rows, then the group of OME's own metadata, which lists the images: how many of each, and what makes one.
    /// </summary>
    public static IReadOnlyList<(int Count, Func<int, MetadataDocument> Make)> Of(AcquisitionPlan plan)
    {
        if (plan.Structure == DatasetStructure.Image)
            return plan.HasOmeXml ? [(1, _ => Group(GroupNames.OmeGroup, null))] : [];
        var version = plan.Settings.OmeZarrVersion;
        var rows = plan.Wells.Select(well => well.Path[..well.Path.IndexOf('/')]).Distinct().ToArray();
        return
        [
            (plan.Wells.Length, i =>
                Group(plan.Wells[i].Path, version.Well([.. plan.Wells[i].Images.Select(Field)]))),
            (rows.Length, i => Group(rows[i], null)),
            (1, _ => Series(plan)),
        ];

        WellImage Field(int image)
        {
            var path = plan.Images[image].Path;
            return new WellImage(path[(path.LastIndexOf('/') + 1)..], AcquisitionOf(plan, image));
        }
    }

    private static MetadataDocument Series(AcquisitionPlan plan)
    {
        var attributes = new JsonObject
        {
            [NgffVersions.AttributeName] = plan.Settings.OmeZarrVersion.Series(plan.Images.Select(image => image.Path)),
            [DatasetMetadata.OwnNamespace] = OwnMetadata.OfSeries(plan),
        };
        return new MetadataDocument(StoredSettings.DocumentOf(plan), new GroupMetadata(attributes).Encode());
    }

    /// <summary>What OME-Zarr says at the root of a collection or plate.</summary>
    public static JsonObject Root(AcquisitionPlan plan) => Plate(plan) is { } plate
        ? plan.Settings.OmeZarrVersion.Plate(plate, hasSeries: true)
        : plan.Settings.OmeZarrVersion.Collection();

    /// <summary>The plate that the images belong to, or null.</summary>
    public static PlateMetadata? Plate(AcquisitionPlan plan) => plan.Settings.Plate is not { } plate ? null : new PlateMetadata(
        plate.Name ?? OutputPath.NameOf(plan.Settings.RootPath),
        plate.RowNames,
        plate.ColumnNames,
        [.. FullestFirst(plan.Wells).Select(well => new PlateWell(well.Row, well.Column))],
        plan.Wells.Max(well => well.Images.Length),
        [.. plate.Acquisitions.Select(acquisition => new PlateAcquisition(
            acquisition.Id,
            acquisition.Name ?? $"Acquisition {acquisition.Id}",
            acquisition.Description,
            acquisition.MaximumFieldCount ?? Math.Max(1, MostFields(plan, acquisition.Id)),
            acquisition.StartTime,
            acquisition.EndTime))]);

    /// <summary>
    /// The wells in the order in which they are listed. Some readers take the fields of the first for those of all: no field is
    /// missing there when it has the most.
    /// </summary>
    public static IEnumerable<WellPlan> FullestFirst(ImmutableArray<WellPlan> wells)
    {
        var fullest = wells.MaxBy(well => well.Images.Length)!;
        return wells.Where(well => well != fullest).Prepend(fullest);
    }

    private static int MostFields(AcquisitionPlan plan, int acquisition) =>
        plan.Wells.Max(well => well.Images.Count(image => AcquisitionOf(plan, image) == acquisition));

    /// <summary>The run that an image belongs to; the plate's only one needs not be named.</summary>
    public static int? AcquisitionOf(AcquisitionPlan plan, int image) =>
        plan.Images[image].Position?.PlateAcquisition
        ?? (plan.Settings.Plate is { Acquisitions: [var only] } ? only.Id : null);

    private static MetadataDocument Group(string path, JsonObject? ome)
    {
        var attributes = ome is null ? null : new JsonObject { [NgffVersions.AttributeName] = ome };
        return new MetadataDocument($"{path}/{ArrayMetadata.Key}", new GroupMetadata(attributes).Encode());
    }
}
