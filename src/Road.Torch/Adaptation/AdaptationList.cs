using System.Collections.ObjectModel;

namespace Road.Torch.Adaptation;

/// <summary>The adaptation methods of a training, in the order in which their losses are added up; each name stands in it once.</summary>
public sealed class AdaptationList : Collection<AdaptationMethod>
{
    /// <summary>Makes a list.</summary>
    /// <param name="methods">Its first methods.</param>
    /// <exception cref="ArgumentNullException">A method is null.</exception>
    /// <exception cref="ArgumentException">Two methods have one name.</exception>
    public AdaptationList(params ReadOnlySpan<AdaptationMethod> methods) => Reset(methods);

    /// <summary>Puts other methods in the place of those that are there.</summary>
    /// <param name="methods">The methods; none for training on the source alone.</param>
    /// <exception cref="ArgumentNullException">A method is null.</exception>
    /// <exception cref="ArgumentException">Two methods have one name.</exception>
    public void Reset(params ReadOnlySpan<AdaptationMethod> methods)
    {
        AdaptationMethod[] others = methods.ToArray();
        Clear();
        foreach (AdaptationMethod method in others)
        {
            Add(method);
        }
    }

    /// <summary>Those that have a part in the training.</summary>
    internal IEnumerable<AdaptationMethod> On => this.Where(static method => method.IsOn);

    /// <inheritdoc/>
    protected override void InsertItem(int index, AdaptationMethod item)
    {
        Check(item, except: null);
        base.InsertItem(index, item);
    }

    /// <inheritdoc/>
    protected override void SetItem(int index, AdaptationMethod item)
    {
        Check(item, except: this[index]);
        base.SetItem(index, item);
    }

    private void Check(AdaptationMethod item, AdaptationMethod? except)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (this.Any(method => !ReferenceEquals(method, except) && method.Name == item.Name))
        {
            throw new ArgumentException(
                $"The adaptations have a method '{item.Name}' already; each may stand among them once.", nameof(item));
        }
    }
}
