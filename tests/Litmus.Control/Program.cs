using OmeZarr.Litmus;

if (args is ["--help"])
{
    Console.Out.WriteLine(
        $"""
        {LitmusProgram.Help()}

        This is the control: its parts are interrupted where it hurts, and one of them may be broken. The first arguments can be

          --defect NAME   the defect, and with it the scenario that must catch it:

        {string.Join('\n', Defect.All.Select(defect => $"          {defect.Name,-16}{defect.Scenario,-9}{defect.What}"))}
        """);
    return LitmusProgram.NothingFound;
}

if (args is not ["--defect", var name, .. var rest])
    return LitmusProgram.Run(args);
Defect.Chosen = Defect.All.FirstOrDefault(defect => defect.Name == name);
if (Defect.Chosen is null)
{
    Console.Error.WriteLine($"{name} is no defect; --help names them all");
    return LitmusProgram.WrongArguments;
}

return LitmusProgram.Run(["--only", Defect.Chosen.Scenario, .. rest]);
