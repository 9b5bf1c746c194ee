using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;

namespace OmeZarr;

/// <summary>The official schema of OME-XML 2016-06, from tests/data.</summary>
internal static class OmeXmlSchema
{
    private static readonly XmlSchemaSet Schema = Load();

    /// <summary>Throws at the first thing that the schema does not allow.</summary>
    public static void Validate(XDocument document) => document.Validate(Schema, (_, problem) => throw problem.Exception);

    private static XmlSchemaSet Load()
    {
        var file = Path.Combine(Repository(), "tests", "data", "ome-xml", "2016-06", "ome.xsd");
        // The schema of the xml: attributes, which it names and does not use, is not fetched.
        var schema = new XmlSchemaSet { XmlResolver = null };
        using var reader = XmlReader.Create(file);
        schema.Add(null, reader);
        schema.Compile();
        return schema;
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OmeZarrNative.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("no repository above the tests");
    }
}
