using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Road.MLNet.Tests.Architecture;

/// <summary>The types of compiled assemblies, and which of them name which: in signatures, attributes and the bodies of methods.</summary>
internal static class TypeGraph
{
    /// <summary>Reads assemblies whose PDBs lie beside them.</summary>
    /// <param name="paths">The paths of the assemblies.</param>
    /// <returns>The types that sources tell of, by their full names.</returns>
    /// <exception cref="InvalidDataException">A type lies in more than one folder.</exception>
    public static IReadOnlyDictionary<string, TypeNode> Read(params IEnumerable<string> paths)
    {
        List<TypeNode> types = [.. paths.SelectMany(ReadAssembly)];
        HashSet<string> names = [.. types.Select(static type => type.Name)];
        return types.ToDictionary(
            static type => type.Name,
            type => type with { Needs = type.Needs.Where(need => need != type.Name && names.Contains(need)).ToHashSet() });
    }

    private static List<TypeNode> ReadAssembly(string path)
    {
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(path);
        TypeDefinition[] types = [.. assembly.Modules.SelectMany(static module => module.Types)];
        Dictionary<int, string[]> folders = SourceFolders.Read(
            Path.ChangeExtension(path, ".pdb"),
            types.ToDictionary(
                static type => type.MetadataToken.ToInt32(),
                static type => AndNested(type).SelectMany(static part => part.Methods)
                    .Select(static method => method.MetadataToken.ToInt32()).ToArray()));

        List<TypeNode> nodes = [];
        foreach (TypeDefinition type in types)
        {
            string[] found = folders[type.MetadataToken.ToInt32()];
            if (found.Length > 1)
            {
                throw new InvalidDataException($"{type.FullName} lies in more than one folder: {string.Join(", ", found)}.");
            }

            if (found is [string folder])
            {
                nodes.Add(new(type.FullName, folder, AndNested(type).SelectMany(OfType).SelectMany(Names).ToHashSet()));
            }
        }

        return nodes;
    }

    private static IEnumerable<TypeDefinition> AndNested(TypeDefinition type) => [type, .. type.NestedTypes.SelectMany(AndNested)];

    private static IEnumerable<TypeReference?> OfType(TypeDefinition type) =>
    [
        type.BaseType,
        .. type.Interfaces.Select(static implementation => implementation.InterfaceType),
        .. OfGenericParameters(type),
        .. OfAttributes(type),
        .. type.Fields.SelectMany(static field => OfAttributes(field).Append(field.FieldType)),
        .. type.Properties.SelectMany(OfAttributes),
        .. type.Events.SelectMany(OfAttributes),
        .. type.Methods.SelectMany(OfMethod),
    ];

    private static IEnumerable<TypeReference?> OfMethod(MethodDefinition method) =>
    [
        .. OfSignature(method),
        .. OfGenericParameters(method),
        .. OfAttributes(method),
        .. OfAttributes(method.MethodReturnType),
        .. method.Parameters.SelectMany(OfAttributes),
        .. method.HasBody ? OfBody(method.Body) : [],
    ];

    private static IEnumerable<TypeReference?> OfBody(MethodBody body) =>
    [
        .. body.Variables.Select(static variable => variable.VariableType),
        .. body.ExceptionHandlers.Select(static handler => handler.CatchType),
        .. body.Instructions.SelectMany(static instruction => instruction.Operand switch
        {
            TypeReference type => [type],
            FieldReference field => [field.DeclaringType, field.FieldType],
            MethodReference method => OfSignature(method),
            _ => Enumerable.Empty<TypeReference?>(),
        }),
    ];

    private static IEnumerable<TypeReference?> OfSignature(MethodReference method) =>
    [
        method.DeclaringType,
        method.ReturnType,
        .. method.Parameters.Select(static parameter => parameter.ParameterType),
        .. method is GenericInstanceMethod generic ? generic.GenericArguments : [],
    ];

    private static IEnumerable<TypeReference?> OfGenericParameters(IGenericParameterProvider owner) =>
        owner.GenericParameters.SelectMany(static parameter => parameter.Constraints)
            .Select(static constraint => constraint.ConstraintType);

    private static IEnumerable<TypeReference?> OfAttributes(ICustomAttributeProvider owner) =>
        owner.CustomAttributes.SelectMany(static attribute => attribute.ConstructorArguments
            .Concat(attribute.Properties.Concat(attribute.Fields).Select(static named => named.Argument))
            .SelectMany(static argument => new[] { argument.Type, argument.Value as TypeReference })
            .Append(attribute.AttributeType));

    // The full names of the outermost types that a reference is made of: List<A.B[]> gives List and A.
    private static IEnumerable<string> Names(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => generic.GenericArguments.Append(generic.ElementType).SelectMany(Names),
        IModifierType modified => Names(modified.ElementType).Concat(Names(modified.ModifierType)),
        FunctionPointerType pointer => pointer.Parameters.Select(static parameter => parameter.ParameterType)
            .Append(pointer.ReturnType).SelectMany(Names),
        TypeSpecification specification => Names(specification.ElementType),
        { DeclaringType: { } outer } => Names(outer),
        _ => [type.FullName],
    };
}
