using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using OmeZarr.Cli.Serving;
using OmeZarr.Cli.Terminal;
using OmeZarr.Serving;

namespace OmeZarr.Cli.Commands;

/// <summary><c>omezarr serve</c>: a page to look at a dataset, and its files for other viewers.</summary>
internal sealed class ServeCommand : ProgramCommand
{
    private const int DefaultPort = 8642;

    private readonly Argument<string> _path = CommonOptions.Dataset();

    private readonly Option<string> _host = new("--host")
    {
        Description = "The address to listen on. 127.0.0.1 is reached from this machine only, 0.0.0.0 from everywhere.",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    private readonly Option<int> _port = new("--port")
    {
        Description = "The port to listen on; 0 for any that is free.",
        HelpName = "N",
        DefaultValueFactory = _ => DefaultPort,
    };

    private readonly Option<bool> _open = new("--open") { Description = "Opens the page in the browser." };

    public ServeCommand(Screen screen)
        : base(screen, "serve", "Shows a dataset in the browser, also while it is being written, and serves its files.",
            new Example("omezarr serve cells.ome.zarr --open", "a page with the image; Ctrl-C ends it"),
            new Example("omezarr serve cells.ome.zarr --port 0", "on any free port; the address is printed"),
            new Example("omezarr serve plate.ome.zarr --host 0.0.0.0", "for other machines too: whoever reaches it can see it"))
    {
        Add(_path);
        Add(_host);
        Add(_port);
        Add(_open);
    }

    protected override int Run(ParseResult given, Screen screen)
    {
        using var source = DatasetPath.Source(given.GetRequiredValue(_path));
        // What is no dataset is told here, and not on the page.
        DatasetPath.Open(source, screen.Cancel).Dispose();
        var served = new ServedPath(source);
        using var server = Bind(AddressOf(given.GetValue(_host)!), given.GetValue(_port), screen);
        server.Show(served);
        server.Start();
        screen.Output.WriteLine($"page   {server.Url}");
        screen.Output.WriteLine($"files  {server.Url}{Uri.EscapeDataString(served.Name)}");
        screen.Error.WriteLine("Ctrl-C ends it.");
        if (given.GetValue(_open) && !Browser.TryOpen(server.Url))
            screen.Error.WriteLine("omezarr serve: there is no browser to open; the page's address is above");
        screen.Cancel.WaitHandle.WaitOne();
        return ExitCode.Ok;
    }

    private static DatasetServer Bind(IPAddress address, int port, Screen screen)
    {
        if (port is < 0 or > IPEndPoint.MaxPort)
            throw UserException.Usage($"--port is 0 to {IPEndPoint.MaxPort}");
        return DatasetServer.Bind(address, port,
            onDefect: defect => screen.Error.WriteLine(
                $"omezarr serve: a defect of the program, please report it: {Printable.Text(defect.ToString())}"));
    }

    private static IPAddress AddressOf(string host)
    {
        if (host == "localhost")
            return IPAddress.Loopback;
        if (IPAddress.TryParse(host, out var address))
            return address;
        try
        {
            return Dns.GetHostAddresses(host) is [var first, ..] ? first : throw Unknown(host);
        }
        catch (SocketException)
        {
            throw Unknown(host);
        }
    }

    private static UserException Unknown(string host) =>
        UserException.Usage($"--host {host}: there is no such address; 127.0.0.1 is this machine, 0.0.0.0 all its networks");
}
