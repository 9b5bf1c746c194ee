using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace OmeZarr.Cli.Tests;

/// <summary>
/// <c>omezarr serve</c>: the addresses that it prints lead to the page and to the dataset's files, until it is ended.
/// </summary>
public sealed partial class ServeTests
{
    private const int Interrupt = 2;

    [Test]
    public void ShouldServeUntilCtrlC()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Stack(scratch, "a stack");
        using var process = Start(dataset, out var page, out var files);
        using var client = new HttpClient();
        Assert.That(client.GetStringAsync(page).Result, Does.Contain("<canvas"));
        Assert.That(files, Does.EndWith("/a%20stack.ome.zarr"));
        foreach (var key in (string[])["zarr.json", "0/zarr.json", "0/c/0/0/0/0/0"])
            Assert.That(client.GetByteArrayAsync($"{files}/{key}").Result,
                Is.EqualTo(File.ReadAllBytes(Path.Combine(dataset, key))), key);
        Assert.That(Kill(process.Id, Interrupt), Is.Zero);
        Assert.That(process.WaitForExit(TimeSpan.FromMinutes(2)), Is.True);
        Assert.That(process.ExitCode, Is.Zero);
        Assert.That(() => new TcpClient("127.0.0.1", new Uri(page).Port).Dispose(), Throws.InstanceOf<SocketException>());
    }

    [Test]
    public void ShouldServeASingleFile()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Stack(scratch);
        PublishedProgram.Run("pack", dataset, "-o", scratch.Path("packed.ozx")).ShouldEndWith(0);
        using var process = Start(scratch.Path("packed.ozx"), out var page, out var files);
        using var client = new HttpClient();
        const string chunk = "0/c/0/0/0/0/0";
        Assert.That(client.GetByteArrayAsync($"{files}/{chunk}").Result,
            Is.EqualTo(File.ReadAllBytes(Path.Combine(dataset, chunk))));
        Assert.That(client.GetByteArrayAsync($"{page}-/tile?level=0&at=0,0,0&h=40&w=30").Result, Has.Length.EqualTo(40 * 30 * 2));
        process.Kill();
        process.WaitForExit();
    }

    [Test]
    public void ShouldRefuseAPortThatIsTaken()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Stack(scratch);
        using var process = Start(dataset, out var page, out _);
        var port = new Uri(page).Port;
        var answer = PublishedProgram.Run("serve", dataset, "--port", $"{port}").ShouldEndWith(3);
        Assert.That(answer.Error, Does.Contain($"port {port} of 127.0.0.1 is in use by another program"));
        process.Kill();
        process.WaitForExit();
    }

    [Test]
    public void ShouldRefuseAddressesThatAreNone()
    {
        using var scratch = new Scratch();
        var dataset = Recorded.Stack(scratch);
        Assert.That(PublishedProgram.Run("serve", dataset, "--port", "70000").ShouldEndWith(2).Error, Does.Contain("0 to 65535"));
        Assert.That(PublishedProgram.Run("serve", dataset, "--host", "no such host.invalid").ShouldEndWith(2).Error,
            Does.Contain("127.0.0.1"));
        Assert.That(PublishedProgram.Run("serve", dataset, "--host", "192.0.2.1", "--port", "0").ShouldEndWith(3).Error,
            Does.Contain("no address of this machine"));
        Directory.CreateDirectory(scratch.Path("empty"));
        Assert.That(PublishedProgram.Run("serve", scratch.Path("empty")).ShouldEndWith(3).Error, Does.Contain("zarr.json"));
    }

    private static Process Start(string dataset, out string page, out string files)
    {
        var process = PublishedProgram.StartInterruptible("serve", dataset, "--port", "0");
        page = process.StandardOutput.ReadLine()!.Split(' ')[^1];
        files = process.StandardOutput.ReadLine()!.Split(' ')[^1];
        return process;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
