namespace OffGridFlow.Platform.Limits;

/// <summary>How often a minute somebody may try to sign in.</summary>
/// <param name="PerAddress">From one address, whoever they say they are.</param>
/// <param name="PerAccount">As one person, from wherever; whether there is such a person makes no difference.</param>
public sealed record SignInLimits(int PerAddress = 30, int PerAccount = 10);
