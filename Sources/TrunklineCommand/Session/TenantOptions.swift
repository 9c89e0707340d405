import ArgumentParser

/// Which tenant; may be left out where there is only one.
struct TenantOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The tenant's name. May be left out when there is only one.", valueName: "name"))
    var tenant: String?
}
