namespace AbiTests;

/// <summary>
/// What the runtime needs at the first call, where a lack of it would end the host's process: the header says how much.
/// </summary>
public sealed class LimitTests
{
    // The header says about 100 MiB, and the host has some of its own.
    private const int AddressSpaceKiB = 128 << 10;

    [TestCase("end_reason")]
    [TestCase("frame_order")]
    public void ShouldDoWithLittleAddressSpace(string scenario)
    {
        var sources = Repository.Scenario(scenario);
        using var scratch = new Scratch();
        var result = Tool.Run("sh", "-c", $"ulimit -v {AddressSpaceKiB} && exec \"$0\" \"$1\"", Compiler.Build("c99", sources),
            scratch.Folder).ShouldSucceed();
        Assert.That(result.Output, Does.EndWith("ok\n"));
    }
}
