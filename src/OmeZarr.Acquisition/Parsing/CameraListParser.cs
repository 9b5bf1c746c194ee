using System.Collections.Immutable;
using System.Text.Json;
using OmeZarr.Acquisition.Settings;

namespace OmeZarr.Acquisition.Parsing;

/// <summary>Reads <c>arrays</c>; a document without it describes its only camera at the root.</summary>
internal static class CameraListParser
{
    /// <summary>Each has a ring of its own, and takes its turn at the workers.</summary>
    private const int MostCameras = 64;

    /// <summary>At least one, also where problems were reported.</summary>
    public static ImmutableArray<CameraSettings> Parse(SettingsObject root, bool allowNonconforming)
    {
        if (!root.TryGet("arrays", out _))
            return [CameraParser.Parse(root, key: "", allowNonconforming)];
        var elements = root.Array("arrays") ?? [];
        if (elements.Length is 0 or > MostCameras)
            root.Problems.Add("arrays", $"has {elements.Length} elements; 1 to {MostCameras} are possible");
        var cameras = ImmutableArray.CreateBuilder<CameraSettings>();
        for (var i = 0; i < Math.Min(elements.Length, MostCameras); i++)
        {
            var path = $"arrays[{i}]";
            if (elements[i].ValueKind != JsonValueKind.Object)
            {
                root.Problems.Add(path, elements[i], "an object");
                continue;
            }

            var json = new SettingsObject(elements[i], path, "arrays[].", root.Problems, defaults: root);
            cameras.Add(CameraParser.Parse(json, KeyOf(json, cameras), allowNonconforming));
        }

        return cameras.ToImmutable();
    }

    private static string KeyOf(SettingsObject json, IEnumerable<CameraSettings> before)
    {
        json.Require("key", "a name by which the array's frames are appended, such as \"cam1\"");
        if (json.Text("key") is not { } key)
            return "";
        NameRules.Check(key, json.PathOf("key"), json.Problems);
        if (before.Any(camera => camera.Key.Equals(key, StringComparison.OrdinalIgnoreCase)))
            json.Report("key", "unlike the other keys, and not by case alone");
        return key;
    }
}
