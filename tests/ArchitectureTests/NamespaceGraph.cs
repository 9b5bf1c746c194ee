using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace OmeZarr.ArchitectureTests;

/// <summary>Which namespaces of the product know which, by what its compiled types mention.</summary>
internal sealed class NamespaceGraph
{
    // By the namespace that knows and the one that is known: a type that does.
    private readonly Dictionary<(string From, string To), string> _arrows = [];

    private NamespaceGraph()
    {
    }

    /// <summary>Who knows whom, and a type that does.</summary>
    public IReadOnlyDictionary<(string From, string To), string> Arrows => _arrows;

    /// <summary>Of the compiled rooms.</summary>
    public static NamespaceGraph OfTheProduct()
    {
        NamespaceGraph graph = new();
        foreach (var file in ProjectFile.Rooms.Select(Compiled))
        {
            using var assembly = AssemblyDefinition.ReadAssembly(file);
            foreach (var type in assembly.MainModule.GetAllTypes())
                graph.Add(type);
        }

        return graph;
    }

    /// <summary>A way from a namespace round to itself, or null when there is none.</summary>
    public IReadOnlyList<string>? FindCircle()
    {
        HashSet<string> done = [];
        return _arrows.Keys.Select(arrow => arrow.From).Distinct().Select(start => Circle(start, [], done))
            .FirstOrDefault(circle => circle is not null);
    }

    private static string Compiled(ProjectFile room)
    {
        DirectoryInfo output = new(AppContext.BaseDirectory); // tests/X/bin/Release/net10.0
        return Path.Join(Path.GetDirectoryName(room.FullPath), "bin", output.Parent!.Name, output.Name,
            $"{room.AssemblyName}.dll");
    }

    private List<string>? Circle(string at, List<string> way, HashSet<string> done)
    {
        var seen = way.IndexOf(at);
        if (seen >= 0)
            return [.. way[seen..], at];
        if (done.Contains(at))
            return null;
        way.Add(at);
        foreach ((var _, var to) in _arrows.Keys.Where(arrow => arrow.From == at))
        {
            if (Circle(to, way, done) is { } circle)
                return circle;
        }

        way.RemoveAt(way.Count - 1);
        done.Add(at);
        return null;
    }

    private void Add(TypeDefinition type)
    {
        Know(type, type.BaseType);
        foreach (var implemented in type.Interfaces)
            Know(type, implemented.InterfaceType);
        foreach (var field in type.Fields)
            Know(type, field.FieldType);
        foreach (var method in type.Methods)
        {
            Know(type, method);
            foreach (var local in method.Body?.Variables ?? [])
                Know(type, local.VariableType);
            foreach (var instruction in method.Body?.Instructions ?? [])
                Know(type, instruction.Operand);
        }
    }

    private void Know(TypeDefinition who, object? what)
    {
        foreach (var argument in (what as IGenericInstance)?.GenericArguments ?? [])
            Know(who, argument);
        switch (what)
        {
            case MethodSpecification wrapped:
                Know(who, wrapped.ElementMethod);
                break;
            case MethodReference method:
                Know(who, method.DeclaringType);
                Know(who, method.ReturnType);
                foreach (var parameter in method.Parameters)
                    Know(who, parameter.ParameterType);
                break;
            case FieldReference field:
                Know(who, field.DeclaringType);
                Know(who, field.FieldType);
                break;
            case TypeSpecification wrapped:
                Know(who, wrapped.ElementType);
                break;
            case TypeReference type:
                Know(NamespaceOf(who), NamespaceOf(type), who);
                break;
        }
    }

    private void Know(string from, string to, TypeDefinition who)
    {
        if (from != to && from.StartsWith("OmeZarr", StringComparison.Ordinal)
            && to.StartsWith("OmeZarr", StringComparison.Ordinal))
            _arrows.TryAdd((from, to), who.FullName);
    }

    private static string NamespaceOf(TypeReference type) =>
        type.DeclaringType is { } outer ? NamespaceOf(outer) : type.Namespace;
}
