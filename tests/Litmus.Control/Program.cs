using OmeZarr.Defects;
using OmeZarr.Litmus;

var defects = DefectList.All.Where(defect => defect.Finder.HasFlag(Finder.Stress)).ToArray();
if (args is ["--help"])
{
    Console.Out.WriteLine(
        $"""
        {LitmusProgram.Help()}

        This is the control: threads are interrupted at every atomic step, and one part may be broken. The first arguments can be

          --defect NAME   the defect, and with it the scenario that must catch it:

        {string.Join('\n', defects.Select(defect => $"          {defect.Name,-16}{ScenarioOf(defect),-9}{defect.What}"))}
        """);
    return LitmusProgram.NothingFound;
}

if (args is not ["--defect", var name, .. var rest])
    return LitmusProgram.Run(args);
if (defects.FirstOrDefault(defect => defect.Name == name) is not { } chosen)
{
    Console.Error.WriteLine($"{name} is no defect that the litmus must catch; --help names them all");
    return LitmusProgram.WrongArguments;
}

Defect.Choose(chosen);
return LitmusProgram.Run(["--only", ScenarioOf(chosen), .. rest]);

static string ScenarioOf(Defect defect) =>
    Scenario.All.Single(scenario => defect.Finder.HasFlag(Enum.Parse<Finder>(scenario.Name, ignoreCase: true))).Name;
