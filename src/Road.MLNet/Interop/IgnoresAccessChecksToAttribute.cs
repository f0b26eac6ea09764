using System.Runtime.CompilerServices;

[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Data")]

namespace System.Runtime.CompilerServices;

/// <summary>
/// Tells the runtime to let this assembly reach another's internal members. The runtime knows the attribute by name;
/// the base library does not declare it.
/// </summary>
/// <param name="assemblyName">The simple name of the assembly whose internal members are reached.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    /// <summary>The simple name of the assembly whose internal members are reached.</summary>
    public string AssemblyName { get; } = assemblyName;
}
