using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using OmeZarr.Reading;
using OmeZarr.Reading.Arrays;
using OmeZarr.Serving.Http;
using OmeZarr.Serving.Sources;

namespace OmeZarr.Serving.Routes;

/// <summary>What the page asks for beside its files: descriptions as JSON, the state of the acquisition, and pixels.</summary>
/// <param name="served">What is shown.</param>
internal sealed class Answers(ServedDataset served)
{
    /// <summary>Answers with what is asked for by name; false when there is none of that name.</summary>
    public bool TryAnswer(string name, HttpRequest request, HttpResponse response, CancellationToken cancel)
    {
        response.Add("Cache-Control", "no-store");
        switch (name)
        {
            case "dataset":
                Send(response, OfDataset(served.Look(cancel)));
                return true;
            case "image":
                Send(response, OfImage(served.Image(ImageOf(request), cancel)));
                return true;
            case "state":
                Send(response, StateOf(served.Look(cancel), ImageOf(request), cancel));
                return true;
            case "tile":
                SendTile(TileRequest.Of(request.Query), request, response, cancel);
                return true;
            default:
                return false;
        }
    }

    private static int ImageOf(HttpRequest request) => (int)TileRequest.Number(request.Query, "image", int.MaxValue);

    private JsonObject OfDataset(Dataset dataset)
    {
        var json = DatasetDescription.Of(dataset);
        json.Remove("attributes");
        json["name"] = served.Source.Name;
        json["live"] = served.Source.IsLive;
        return json;
    }

    private static JsonObject OfImage(DatasetImage image)
    {
        var json = DatasetDescription.Of(image);
        json.Remove("attributes");
        return json;
    }

    private JsonObject StateOf(Dataset dataset, int image, CancellationToken cancel)
    {
        var shape = dataset.Image(image, cancel).Levels[0].Array.Metadata.Shape;
        var newest = served.Source.Newest(dataset, image);
        var json = new JsonObject
        {
            ["time_ms"] = Stopwatch.GetTimestamp() * 1000.0 / Stopwatch.Frequency,
            ["generation"] = served.Generation,
            ["live"] = served.Source.IsLive,
            ["complete"] = dataset.Own?.IsComplete,
            ["may_grow"] = served.MayGrow,
            ["images"] = dataset.Images.Length,
            ["shape"] = new JsonArray([.. shape.Select(length => JsonValue.Create(length))]),
            // What has come since the look is seen at the next one.
            ["newest"] = newest is not { } at || shape.Contains(0) ? null
                : new JsonArray([.. at.Select((index, axis) => JsonValue.Create(Math.Min(index, shape[axis] - 1)))]),
            ["free_bytes"] = served.Source.FreeBytes(),
            ["stats"] = served.Source.Stats(),
        };
        if (dataset.Own?.Json is { } own)
            json["record"] = Counters(own);
        return json;
    }

    private static JsonObject Counters(JsonObject own)
    {
        var counters = new JsonObject();
        foreach (var name in (string[])
            ["frames_appended", "frames_stored", "frames_skipped", "frames_dropped", "frames_declared", "ended", "reason",
                "error"])
        {
            if (own[name] is JsonValue value)
                counters[name] = value.DeepClone();
        }

        return counters;
    }

    private void SendTile(TileRequest asked, HttpRequest request, HttpResponse response, CancellationToken cancel)
    {
        var level = served.Image(asked.Image, cancel).Level(asked.Level);
        var region = asked.In(level);
        var type = level.Array.Metadata.Type;
        var form = TilePixels.FormOf(type) ?? throw new HttpRefusedException(422, "complex numbers have no picture");
        var count = (int)region.Elements;
        var memory = response.Buffer[..(count * TilePixels.MostBytes)];
        var report = request.Method == RequestMethod.Head
            ? ReadReport.None : level.Array.Read(region, memory[..(count * type.Size)], cancel);
        var pixels = TilePixels.Convert(memory, count, type);
        response.Add("Omezarr-Type", form);
        response.Add("Omezarr-Chunks", report.Chunks.ToString(CultureInfo.InvariantCulture));
        response.Add("Omezarr-Missing-Chunks", report.MissingChunks.ToString(CultureInfo.InvariantCulture));
        response.Send(200, "application/octet-stream", pixels);
    }

    private static void Send(HttpResponse response, JsonObject json) =>
        response.Send(200, "application/json", Encoding.UTF8.GetBytes(json.ToJsonString()));
}
