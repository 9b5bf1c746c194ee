namespace OmeZarr.Acquisition.Tests;

/// <summary>Every rule about dimensions, coordinates, plates and storage order has its message.</summary>
public class SettingsRulesTests
{
    private const string Frame = """{"name": "y", "count": 64}, {"name": "x", "count": 48}""";

    [Test]
    public void ShouldRefuseRepeatedDimensionNames() => Refuses(
        $$"""[{"name": "t", "count": 2}, {"name": "t", "count": 3, "type": "other"}, {{Frame}}]""",
        "dimensions: names must be unique; `t` is repeated");

    [Test]
    public void ShouldRefuseAnInnerDimensionWithoutACount() => Refuses(
        $$"""[{"name": "t", "count": 2}, {"name": "z"}, {{Frame}}]""",
        "dimensions[1].count: is missing; only the first dimension may be unbounded");

    [Test]
    public void ShouldRefuseAnUnboundedFrame() => Refuses(
        """[{"name": "y"}, {"name": "x", "count": 48}]""",
        "dimensions[0].count: is missing; the frame's own two dimensions cannot be unbounded");

    [Test]
    public void ShouldRefuseLastDimensionsThatAreNotInSpace() => Refuses(
        """[{"name": "y", "count": 64}, {"name": "x", "count": 48}, {"name": "t", "count": 2}]""",
        "dimensions[2]: `t` is of type time; the last two dimensions are the frame's own and must be of type space");

    [Test]
    public void ShouldRefuseFewerThanTwoDimensions() => Refuses(
        """[{"name": "x", "count": 48}]""",
        "dimensions: has 1 without positions; at least 2 are needed, usually y and x");

    [TestCase("space", "s", "a unit of length because the type is space: angstrom, ")]
    [TestCase("time", "um", "a unit of time because the type is time: attosecond, ")]
    [TestCase("time", "furlong", "a unit of time because the type is time: attosecond, ")]
    public void ShouldRefuseAUnitOfTheWrongType(string type, string unit, string allowed) => Refuses(
        $$"""[{"name": "a", "count": 2, "type": "{{type}}", "unit": "{{unit}}"}, {{Frame}}]""",
        $"dimensions[0].unit: is `\"{unit}\"`; must be {allowed}");

    [Test]
    public void ShouldRefuseCoordsAndUnitThatSuggestDifferentTypes() => Refuses(
        $$"""[{"name": "a", "coords": [{"name": "DAPI", "color": "blue"}], "unit": "um"}, {{Frame}}]""",
        "dimensions[0]: coords suggest the type channel, but unit `um` suggests space; give `type` or remove one");

    [Test]
    public void ShouldRefuseObjectsInCoordsOfAnotherType() => Refuses(
        $$"""[{"name": "a", "type": "time", "coords": [{"name": "DAPI"}]}, {{Frame}}]""",
        "dimensions[0].coords[0]: is `{\"name\":\"DAPI\"}`; must be text or a number; objects need the type channel or position");

    [Test]
    public void ShouldAskForTheTypeWhenNothingTellsAChannelFromAPosition() => Refuses(
        $$"""[{"name": "a", "coords": [{"name": "first"}]}, {{Frame}}]""",
        "dimensions[0].coords[0]: nothing tells a channel from a position here; give the dimension's `type`");

    [Test]
    public void ShouldRefuseChannelsMixedWithNumbers() => Refuses(
        $$"""[{"name": "c", "coords": [{"name": "DAPI"}, 123]}, {{Frame}}]""",
        "dimensions[0].coords[1]: is `123`; must be a channel: its name, or an object with a name");

    [Test]
    public void ShouldRefuseChannelsMixedWithPositions() => Refuses(
        $$"""[{"name": "c", "coords": [{"name": "DAPI", "color": "blue"}, {"name": "A1", "x_coord": 3}]}, {{Frame}}]""",
        "dimensions[0].coords[1]: unknown key `x_coord`; known are ");

    [Test]
    public void ShouldRefuseRepeatedChannelNames() => Refuses(
        $$"""[{"name": "c", "coords": ["DAPI", {"name": "DAPI"}]}, {{Frame}}]""",
        "dimensions[0].coords: channel names must be unique; `DAPI` is repeated");

    [Test]
    public void ShouldRefuseACountThatDisagreesWithCoords() => Refuses(
        $$"""[{"name": "c", "count": 3, "coords": ["DAPI", "FITC"]}, {{Frame}}]""",
        "dimensions[0].coords: has 2 elements, but count is 3; they must agree");

    [Test]
    public void ShouldRefuseEmptyCoords() => Refuses(
        $$"""[{"name": "c", "coords": []}, {{Frame}}]""",
        "dimensions[0].coords: is `[]`; must be a list with at least one element");

    [TestCase("""{"name": "c", "excitation_wavelength_nm": 0}""", "excitation_wavelength_nm: is `0`; must be a whole number from 1 to ")]
    [TestCase("""{"name": "c", "emission_wavelength_nm": 520.5}""", "emission_wavelength_nm: is `520.5`; must be a whole number from 1 to ")]
    [TestCase("""{"name": ""}""", "name: is `\"\"`; must be text that is not empty")]
    [TestCase("""{"name": "c", "color": "nocolor"}""", "color: is `\"nocolor\"`; must be a CSS colour name, ")]
    [TestCase("""{"name": "c", "color": [1, 2]}""", "color: is `[1,2]`; must be a CSS colour name, ")]
    public void ShouldRefuseWrongMembersOfAChannel(string channel, string message) => Refuses(
        $$"""[{"name": "c", "type": "channel", "coords": [{{channel}}]}, {{Frame}}]""",
        "dimensions[0].coords[0]." + message);

    [TestCase("count", "0", "a whole number from 1 to 9,007,199,254,740,991")]
    [TestCase("count", "-4", "a whole number from 1 to 9,007,199,254,740,991")]
    [TestCase("count", "2.5", "a whole number from 1 to 9,007,199,254,740,991")]
    [TestCase("count", "\"10\"", "a whole number from 1 to 9,007,199,254,740,991")]
    [TestCase("count", "1e300", "a whole number from 1 to 9,007,199,254,740,991")]
    [TestCase("chunk_size", "0", "a whole number from 1 to 2,147,483,647")]
    [TestCase("shard_size_chunks", "4294967297", "a whole number from 1 to 2,147,483,647")]
    [TestCase("scale", "0", "a number other than 0")]
    [TestCase("scale", "1e999", "a number")]
    [TestCase("translation", "\"left\"", "a number")]
    [TestCase("type", "\"spatial\"", "one of \"space\", \"time\", \"channel\", \"position\", \"other\"")]
    [TestCase("unit", "3", "text")]
    [TestCase("coords", "\"DAPI\"", "a list")]
    public void ShouldRefuseWrongMembersOfADimension(string key, string value, string allowed)
    {
        var problems = Document.Problems(Document.Of($$"""[{"name": "z", "{{key}}": {{value}} }, {{Frame}}]"""));
        Assert.That(problems.Select(problem => problem.ToString()),
            Does.Contain($"dimensions[0].{key}: is `{value}`; must be {allowed}"));
    }

    [Test]
    public void ShouldRefuseADimensionThatIsNoObject() => Refuses(
        $$"""["t", {{Frame}}]""",
        "dimensions[0]: is `\"t\"`; must be an object");

    [TestCase("""["z", "y", "x"]""", "a list of all dimensions' names, each once: t, y, x")]
    [TestCase("""["t", "t", "y", "x"]""", "a list of all dimensions' names, each once: t, y, x")]
    [TestCase("""["y", "x", "t"]""", "a list that ends with the frame's own y, x in this order")]
    [TestCase("""["t", "x", "y"]""", "a list that ends with the frame's own y, x in this order")]
    [TestCase("\"tczyx\"", "\"ome\", \"acquisition\" or a list of all dimensions' names")]
    public void ShouldRefuseAStorageOrderThatDoesNotFit(string order, string allowed)
    {
        var document = Document.Of($$"""[{"name": "t", "count": 3}, {{Frame}}]""", $$"""{"storage_order": {{order}} }""");
        Assert.That(Document.Problem(document), Does.StartWith("storage_order: is ").And.EndsWith("must be " + allowed));
    }

    [TestCase("""{"root_path": null}""", "root_path: is missing; it says where the dataset goes")]
    [TestCase("""{"root_path": ""}""", "root_path: is `\"\"`; must be text that is not empty")]
    [TestCase("""{"root_path": "a\u0000b"}""", "root_path: is ")]
    [TestCase("""{"root_path": "a.ome.tiff"}""", "root_path: is `\"a.ome.tiff\"`; must be a path that does not end like an OME-TIFF")]
    [TestCase("""{"dtype": null}""", "dtype: is missing; one of uint8, uint16")]
    [TestCase("""{"dtype": "bool"}""", "dtype: is `\"bool\"`; must be one of \"uint8\"")]
    [TestCase("""{"dtype": ">u2"}""", "dtype: is `\"\\u003Eu2\"`; must be one of \"uint8\"")]
    [TestCase("""{"dimensions": null}""", "dimensions: is missing; a list that ends with the frame's own two, such as y and x")]
    [TestCase("""{"resume": "yes"}""", "resume: is `\"yes\"`; must be true or false")]
    [TestCase("""{"overwrite": true, "resume": true}""",
        "resume: cannot be together with `overwrite`: either the dataset goes on or it is replaced")]
    [TestCase("""{"overwrite": "yes"}""", "overwrite: is `\"yes\"`; must be true or false")]
    [TestCase("""{"format": "ome-tiff"}""", "format: is `\"ome-tiff\"`; must be \"ome-zarr\", the only format written here")]
    [TestCase("""{"format": "scratch"}""", "format: is `\"scratch\"`; must be \"ome-zarr\", the only format written here")]
    [TestCase("""{"format": {"name": "ome-tiff", "prefer_single_file": "auto"}}""", "format.name: is `\"ome-tiff\"`; must be \"ome-zarr\"")]
    [TestCase("""{"format": {"name": "ome-zarr", "backend": "mine"}}""", "format.backend: is `\"mine\"`; must be one of \"auto\", ")]
    [TestCase("""{"format": {"name": "ome-zarr", "suffix": "/../x"}}""", "format.suffix: is `\"/../x\"`; must be the end of a folder's name")]
    [TestCase("""{"format": {"backend": "auto"}}""", "format.name: is missing; \"ome-zarr\"")]
    [TestCase("""{"compression": "lzw"}""", "compression: is `\"lzw\"`; must be one of \"none\", \"blosc-zstd\", \"blosc-lz4\", \"zstd\", or an object")]
    [TestCase("""{"compression": {"name": "lz4"}}""", "compression.name: is `\"lz4\"`; must be one of \"blosc\", \"zstd\", \"gzip\", \"none\"")]
    [TestCase("""{"compression": {"name": "blosc", "clevel": 10}}""", "compression.clevel: is `10`; must be a whole number from 1 to 9")]
    [TestCase("""{"compression": {"name": "zstd", "level": 23}}""", "compression.level: is `23`; must be a whole number from -7 to 22")]
    [TestCase("""{"compression": {"name": "zstd", "clevel": 3}}""", "compression.clevel: has no meaning for zstd")]
    [TestCase("""{"compression": {"level": 3}}""", "compression.name: is missing; blosc, zstd, gzip or none")]
    [TestCase("""{"layout": "manual"}""", "layout: is `\"manual\"`; must be \"auto\"")]
    [TestCase("""{"ome_zarr_version": "0.4"}""", "ome_zarr_version: is `\"0.4\"`; must be one of \"0.5\", \"0.6\"")]
    [TestCase("""{"ome_zarr_version": "0.6rc0"}""", "ome_zarr_version: is `\"0.6rc0\"`; must be one of \"0.5\", \"0.6\"")]
    [TestCase("""{"ome_zarr_version": 0.6}""", "ome_zarr_version: is `0.6`; must be one of \"0.5\", \"0.6\"")]
    [TestCase("""{"pipeline": {"backpressure": "wait"}}""", "pipeline.backpressure: is `\"wait\"`; must be one of \"block\", \"fail\", \"drop\"")]
    [TestCase("""{"pipeline": {"workers": 0}}""", "pipeline.workers: is `0`; must be \"auto\" or a whole number from 1 to 256")]
    [TestCase("""{"pipeline": {"append_timeout_ms": -2}}""", "pipeline.append_timeout_ms: is `-2`; must be a whole number from -1 to 2,147,483,647")]
    [TestCase("""{"pipeline": []}""", "pipeline: is `[]`; must be an object")]
    [TestCase("""{"durability": {"fsync": "always"}}""", "durability.fsync: is `\"always\"`; must be one of \"never\", \"finalize\", \"flush\"")]
    [TestCase("""{"durability": {"flush_interval_ms": 1}}""", "durability.flush_interval_ms: is `1`; must be a whole number from 10 to 3,600,000")]
    [TestCase("""{"pyramid": {"factors": {"q": 2}}}""", "pyramid.factors: `q` is no dimension's name")]
    [TestCase("""{"pyramid": {"factors": {"y": 0}}}""", "pyramid.factors.y: is `0`; must be a whole number from 1 to 64")]
    [TestCase("""{"frame": {"pixel_format": "bayer"}}""", "frame.pixel_format: is `\"bayer\"`; must be the dtype (\"uint16\"), or one of ")]
    [TestCase("""{"omero": 3}""", "omero: is `3`; must be true, false, or an object")]
    [TestCase("""{"omero": {"channels": [{}]}}""", "omero.channels: has 1 elements; there are 2 channels")]
    [TestCase("""{"omero": {"rdefs": {"defaultZ": 5}}}""", "omero.rdefs.defaultZ: is `5`; must be a whole number from 0 to 4")]
    [TestCase("""{"omero": {"channels": [{}, {"window": {"start": 3, "end": 2}}]}}""", "omero.channels[1].window: min and start must be below max and end")]
    public void ShouldRefuseAWrongValue(string members, string message) =>
        Assert.That(Document.Problem(Document.With(members)), Does.StartWith(message));

    [Test]
    public void ShouldRefuseAChunkThatCannotBeHeld() => Refuses(
        """[{"name": "y", "count": 50000}, {"name": "x", "count": 50000}]""",
        "dimensions: a chunk of y 50,000 x x 50,000 uint16 has 5,000,000,000 bytes; "
            + "at most 2,113,929,216 are possible. Give a smaller `chunk_size`, or `layout`: \"auto\"");

    [Test]
    public void ShouldRefuseAShardOfTooManyChunks() => Refuses(
        """[{"name": "t", "shard_size_chunks": 2000000}, {"name": "y", "count": 64}, {"name": "x", "count": 48}]""",
        "dimensions: a shard of t 2,000,000 x y 1 x x 1 chunks has 2,000,000 of them; at most 1,048,576 are possible. Give a "
            + "smaller `shard_size_chunks`");

    [Test]
    public void ShouldRefuseMoreBytesThanANumberCanCount() => Refuses(
        """[{"name": "t", "count": 9007199254740991}, {"name": "z", "count": 9007199254740991}, {"name": "y", "count": 64}, {"name": "x", "count": 48}]""",
        "dimensions: all counts together make more bytes than 2^63 - 1");

    private static void Refuses(string dimensions, string message) =>
        Assert.That(Document.Problem(Document.Of(dimensions)), Does.StartWith(message));
}
