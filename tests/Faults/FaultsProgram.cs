using OmeZarr.Harness;

namespace OmeZarr.Faults;

/// <summary>The program: options and what is printed.</summary>
internal static class FaultsProgram
{
    private const string Help = """
        Runs hosts of the published library with one fault each, and looks at what came of it.

        For each layout a reference run counts the system calls from create to finalize. Then each of them fails once with each error that
        it can have (some also from then on for ever), is cut short, is delayed, or does not return until it is released. A create that
        failed must leave the store as it was; a finalize that returned 0 means that all is there; no call takes longer than its
        time-out; nothing crashes. Needs ./build.sh Publish (or OMEZARR_NATIVE_LIBRARY).

          --what WORD       faults: by the shim; disks: real small disks, limits, and datasets that are taken away (faults)
          --repeat N        of disks: so many of each (1)
          --layouts A-B     numbers of the layouts: the first ones are written down, the others random (0-5)
          --sample N        only so many faults, chosen by --seed (0: all of them)
          --seed N          (1)
          --seconds N       no further faults after that time
          --only WORDS      faults whose name has all these words, such as Write,ENOSPC or Hold
          --case TEXT       one fault, as a message names it
          --jobs N          runs at the same time (1)
          --grace-ms N      how much longer than its time-out a call may take on a busy machine (10000)
          --independent N   every N-th dataset is read by zarr-python instead of the library's own reader (20)
          --folder PATH     where datasets are written (memory, where there is /dev/shm)
          --known FILE      kinds of problems that are known and do not fail the run, one a line

        Examples
          dotnet run -c Release --project tests/Faults -- --layouts 0-20 --jobs 2
          dotnet run -c Release --project tests/Faults -- --only Hold
          dotnet run -c Release --project tests/Faults -- --what disks --repeat 10
          dotnet run -c Release --project tests/Faults -- --case 1/Fail/Write/ENOSPC+/12

        The exit status is 0 when nothing happened that must not, 1 when it did, 2 for wrong options. What failed is left where it is.
        """;

    public static int Run(string[] arguments)
    {
        try
        {
            var line = CommandLine.Parse(
                arguments, "what", "repeat", "layouts", "sample", "seed", "seconds", "only", "case", "jobs", "grace-ms",
                "independent", "folder", "known");
            if (!line.AsksForHelp)
            {
                return line.Choice("what", "faults", "disks") == "faults" ? RunFaults(line) : RunDisks(line, arguments);
            }

            Console.WriteLine(Help);
            return 0;
        }
        catch (ArgumentException error)
        {
            Console.Error.WriteLine($"{error.Message}\n--help tells more.");
            return 2;
        }
    }

    private static int RunFaults(CommandLine line)
    {
        using var campaign = new Campaign(line);
        return campaign.Run();
    }

    private static int RunDisks(CommandLine line, string[] arguments)
    {
        if (!Mounts.AreOwn && Mounts.RunAgain(arguments) is { } exit)
            return exit;
        using var campaign = new DiskCampaign(line);
        return campaign.Run();
    }
}
