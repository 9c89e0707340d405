import ArgumentParser

/// Which tenant; may be left out where only one is enabled.
struct TenantOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The tenant's name. May be left out when only one is enabled.", valueName: "name"))
    var tenant: String?
}
