using System.Reflection;
using System.Runtime.CompilerServices;

namespace OffGridFlow.App.Tests.Guards;

/// <summary>Public types and members as sorted lines of text.</summary>
internal static class Surface
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<string> Of(IEnumerable<Type> types) => [.. types.SelectMany(Lines).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>What is only in one of them: - approved, + now.</summary>
    public static IEnumerable<string> Difference(IEnumerable<string> approved, IEnumerable<string> now)
    {
        var (before, after) = (approved.ToList(), now.ToList());
        return before.Except(after, StringComparer.Ordinal).Select(line => $"- {line}").Concat(after.Except(before, StringComparer.Ordinal).Select(line => $"+ {line}"));
    }

    private static IEnumerable<string> Lines(Type type)
    {
        var name = FullName(type);
        var bases = (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum) ? [parent] : Type.EmptyTypes)
            .Concat(type.IsEnum ? [] : type.GetInterfaces().Where(face => !IsOfRecords(face, type))).Select(Name).Order(StringComparer.Ordinal).ToList();
        yield return bases.Count == 0 ? name : $"{name} : {string.Join(", ", bases)}";
        if (type.IsEnum)
        {
            yield return $"{name} = {string.Join(", ", Enum.GetNames(type))}";
            yield break;
        }

        // What the compiler writes for every record says nothing.
        foreach (var member in type.GetMembers(Own).Where(member => member.GetCustomAttribute<CompilerGeneratedAttribute>() is null && member.Name is not ("EqualityContract" or "<Clone>$" or "Deconstruct")))
        {
            var line = member switch
            {
                ConstructorInfo constructor => $"{name}({Parameters(constructor)})",
                MethodInfo { IsSpecialName: false } method => $"{name}.{method.Name}{Generics(method)}({Parameters(method)}) : {Name(method.ReturnType)}{(method.IsStatic ? " static" : "")}",
                MethodInfo { Name: ['o', 'p', '_', ..] } method => $"{name}.{method.Name}({Parameters(method)}) : {Name(method.ReturnType)}",
                PropertyInfo property => $"{name}.{property.Name} : {Name(property.PropertyType)}{Accessors(property)}",
                FieldInfo field => $"{name}.{field.Name} : {Name(field.FieldType)}{(field.IsLiteral ? " const" : field.IsStatic ? " static" : field.IsInitOnly ? " readonly" : "")}",
                EventInfo happening => $"{name}.{happening.Name} event",
                _ => null,
            };
            if (line is not null)
            {
                yield return line;
            }
        }
    }

    private static bool IsOfRecords(Type face, Type type) => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IEquatable<>) && face.GenericTypeArguments[0] == type;

    private static string Accessors(PropertyInfo property)
    {
        var set = property.SetMethod is { IsPublic: true } setter
            ? setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init" : " set"
            : "";
        return $"{(property.GetMethod is { IsPublic: true } ? " get" : "")}{set}{((property.GetMethod ?? property.SetMethod)!.IsStatic ? " static" : "")}";
    }

    private static string Generics(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter => $"{(parameter.IsOut ? "out " : "")}{Name(parameter.ParameterType)} {parameter.Name}"));

    private static string FullName(Type type) => type.DeclaringType is { } outer && !typeof(SurfaceTests).IsAssignableFrom(outer) ? $"{FullName(outer)}.{Name(type)}" : Name(type);

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[]";
        }

        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return $"{Name(inner)}?";
        }

        var tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        return !type.IsGenericType || tick < 0 ? type.Name : $"{type.Name[..tick]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
