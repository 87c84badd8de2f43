using OffGridFlow.Platform.Secrets;

namespace OffGridFlow.App.Tests.Support;

/// <summary>Seals under one master key, the same for all: a worker opens what a test has sealed.</summary>
internal static class TestSeals
{
    public static Seals New() => new(MasterKeys.Read("test:" + Convert.ToBase64String(new byte[32]), "test"), TimeProvider.System);
}
