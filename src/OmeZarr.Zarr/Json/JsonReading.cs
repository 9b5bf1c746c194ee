using System.Text.Json;

namespace OmeZarr.Zarr.Json;

/// <summary>
/// Typed access to untrusted JSON: what is missing or of another kind is a <see cref="ZarrFormatException"/> that names
/// it.
/// </summary>
internal static class JsonReading
{
    internal static JsonElement Member(this JsonElement element, string key)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new ZarrFormatException($"An object with \"{key}\" is expected, not {element.ValueKind}.");
        return element.TryGetProperty(key, out var value) ? value : throw new ZarrFormatException($"\"{key}\" is missing.");
    }

    internal static JsonElement? OptionalMember(this JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) ? value : null;

    internal static string Text(this JsonElement element, string key)
    {
        var value = element.Member(key);
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Expected(key, "a text", value);
    }

    internal static int Integer(this JsonElement element, string key)
    {
        var value = element.Member(key);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : throw Expected(key, "a 32-bit integer", value);
    }

    internal static bool Boolean(this JsonElement element, string key, bool ifMissing)
    {
        var value = element.OptionalMember(key);
        return value?.ValueKind switch
        {
            null => ifMissing,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Expected(key, "true or false", value.Value),
        };
    }

    internal static JsonElement[] Items(this JsonElement list, string key) =>
        list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : throw Expected(key, "a list", list);

    /// <summary>The lengths in a list such as a shape: whole numbers of at least <paramref name="min"/>.</summary>
    internal static long[] Lengths(this JsonElement element, string key, long min)
    {
        var items = element.Member(key).Items(key);
        var lengths = new long[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            if (items[i].ValueKind != JsonValueKind.Number || !items[i].TryGetInt64(out lengths[i]) || lengths[i] < min)
                throw Expected(key, $"a list of integers of at least {min}", items[i]);
        }

        return lengths;
    }

    /// <summary>The name of an extension: an object's <c>name</c>, or the short form, which is only that text.</summary>
    internal static string Name(this JsonElement extension, string what) => extension.ValueKind switch
    {
        JsonValueKind.String => extension.GetString()!,
        JsonValueKind.Object => extension.Text("name"),
        _ => throw Expected(what, "an object with a name", extension),
    };

    /// <summary>The settings of an extension.</summary>
    internal static JsonElement Configuration(this JsonElement extension, string what)
    {
        var name = extension.Name(what);
        var configuration = extension.OptionalMember("configuration");
        return configuration is { ValueKind: JsonValueKind.Object } found
            ? found
            : throw new ZarrFormatException($"The {what} \"{name}\" has no configuration.");
    }

    internal static ZarrFormatException Expected(string key, string expected, JsonElement found)
    {
        const int MaxQuoted = 80;
        var text = found.GetRawText();
        return new ZarrFormatException(
            $"\"{key}\" must be {expected}, not {(text.Length > MaxQuoted ? text[..MaxQuoted] + "…" : text)}.");
    }
}
