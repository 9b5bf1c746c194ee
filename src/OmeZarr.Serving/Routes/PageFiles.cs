using OmeZarr.Serving.Http;

namespace OmeZarr.Serving.Routes;

/// <summary>The page itself: a few files in this assembly, and nothing from elsewhere.</summary>
internal static class PageFiles
{
    /// <summary>What the page may do: nothing beyond this server.</summary>
    private const string Policy = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'";

    private const string Index = "index.html";

    private static readonly Dictionary<string, (string Type, Lazy<byte[]> Content)> Files = typeof(PageFiles).Assembly
        .GetManifestResourceNames().ToDictionary(name => name == Index ? "" : name, name => (TypeOf(name), Load(name)));

    /// <summary>Answers with a file of the page; false when there is none of that name.</summary>
    public static bool TryAnswer(string name, HttpResponse response)
    {
        if (!Files.TryGetValue(name, out var file))
            return false;
        response.Add("Content-Security-Policy", Policy);
        response.Add("Cache-Control", "no-cache");
        response.Send(200, file.Type, file.Content.Value);
        return true;
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        _ => "text/javascript; charset=utf-8",
    };

    private static Lazy<byte[]> Load(string name) => new(() =>
    {
        using var stream = typeof(PageFiles).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the assembly");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    });
}
