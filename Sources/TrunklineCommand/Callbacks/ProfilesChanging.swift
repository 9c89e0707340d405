import ArgumentParser
import Foundation
import Model
import Operations

struct ProfilesAdd: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a callback profile.",
        discussion: """
            trunkline callbacks profiles add Support --list 1a89fc22-… --queue 6f3c1c1e-… --duplicates ignore --age 2 --unit days
            """)

    @Argument(help: "What people call it.") var name: String
    @OptionGroup var options: CallbackProfileOptions
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let store = CallbackProfileStore(database: session.database)
        let others = try await store.all(tenant: tenant.id).map(\.profile)
        guard !others.contains(where: { $0.name.lowercased() == name.lowercased() }) else {
            throw OperatorError.failed("\(tenant.name) has a profile '\(name)' already: change it with `profiles set`")
        }
        let profile = try options.applied(to: CallbackProfile(id: UUID(), name: name, listID: nil, queueID: nil))
        try Claims.check(profile, others)
        _ = try await store.put(profile, tenant: tenant, who: session.who, action: "callback_profile.add")
        Terminal.print("\(name) of \(tenant.name) is made; callback-sync goes by it within seconds")
    }
}

struct ProfilesSet: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "set", abstract: "Change a callback profile.")

    @Argument(help: "Its name, or its id.") var name: String
    @Option(name: .long, help: "A new name.") var rename: String?
    @Flag(inversion: .prefixedEnableDisable, help: "Switch it on or off.") var profile: Bool?
    @OptionGroup var options: CallbackProfileOptions
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let store = CallbackProfileStore(database: session.database)
        let stored = try await store.named(name, tenant: tenant)
        try stored.mustBeOurs()
        var changed = try options.applied(to: stored.profile)
        if let rename { changed.name = rename }
        if let profile { changed.isEnabled = profile }
        try Claims.check(changed, try await store.all(tenant: tenant.id).map(\.profile))
        let version = try await store.put(changed, tenant: tenant, who: session.who, action: "callback_profile.change")
        Terminal.print(
            version == stored.version
                ? "\(changed.name) of \(tenant.name) is so already"
                : "\(changed.name) of \(tenant.name) is changed (version \(version))")
    }
}

struct ProfilesRemove: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take a callback profile away; its history stays.")

    @Argument(help: "Its name, or its id.") var name: String
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let store = CallbackProfileStore(database: session.database)
        let stored = try await store.named(name, tenant: tenant)
        try stored.mustBeOurs()
        try await store.remove(stored, tenant: tenant, who: session.who)
        Terminal.print("\(stored.name) of \(tenant.name) is taken away")
    }
}

struct ProfilesHistory: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List the versions of a profile, newest first.")

    @Argument(help: "Its name, or its id.") var name: String
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let store = CallbackProfileStore(database: session.database)
        let profile = try await store.named(name, tenant: tenant)
        var table = Table("version", "changed_at", "changed_by", "profile")
        for version in try await store.history(profile.id, tenant: tenant.id) {
            let shown: OutputValue =
                output.format == .json ? .json(version.profile) : .text(StoryDetail.words(version.profile) ?? "")
            table.append(.integer(version.version), .time(version.changedAt), .text(version.changedBy), shown)
        }
        output.print(table, none: "nothing was ever changed")
    }
}

/// One list, one profile.
private enum Claims {
    static func check(_ profile: CallbackProfile, _ others: [CallbackProfile]) throws {
        guard profile.isEnabled,
            let holder = others.first(where: { $0.id != profile.id && $0.isEnabled && $0.listID == profile.listID })
        else { return }
        throw OperatorError.usage(CallbackProblem.listClaimed(by: holder.name).sentence)
    }
}

extension CallbackProfileStore.Stored {
    fileprivate func mustBeOurs() throws {
        guard source == "hub" else {
            throw OperatorError.failed("\(name) is kept in Dynamics: change it there, user-sync brings the change here")
        }
    }
}
