import Foundation
import Model
import Testing

@testable import DynamicsSolution

@Suite struct SolutionComparisonTests {
    static let definition = SolutionDefinition(
        Settings(), source: .init(address: "https://hub.example/odata/demo", secret: "key"),
        webhook: .init(address: "https://hub.example/webhooks/dynamics/demo", secret: "hook"))

    /// An environment in which everything stands as wanted.
    static var whole: EnvironmentState {
        var state = EnvironmentState()
        let names = definition.names
        let source = UUID()
        state.publisher = .init(id: UUID(), prefix: names.prefix, optionPrefix: names.optionPrefix)
        state.solution = .init(id: UUID(), version: "1.0.0.0", publisherID: state.publisher?.id)
        state.dataSourceSet = "msdyn_odatav4dses"
        state.dataProvider = UUID()
        state.settingRows = ["CallDurationLimit", "callstartmargin", "DefaultCrmAssignee", "CallbackSubject"]
        for table in definition.tables {
            state.tables[table] = .init(setName: table + "s")
            state.tables[table]?.tracksChanges = true
        }
        for part in definition.parts {
            switch part {
            case .column(let column):
                var found = EnvironmentState.Column(type: column.type.attributeType)
                if case .choice(let options) = column.type {
                    found.options = Dictionary(uniqueKeysWithValues: options.map { ($0.value, $0.label) })
                }
                state.tables[column.table]?.columns[column.name] = found
            case .lookup(let lookup):
                state.tables[lookup.table]?.columns[lookup.name] = .init(type: "Lookup")
                state.tables[lookup.table]?.lookups[lookup.name] = .init(
                    relationship: lookup.relationship, target: lookup.target, navigation: lookup.name)
            case .key(let key): state.tables[key.table]?.keys[key.name] = .init(columns: key.columns, status: "Active")
            case .dataSource(let wanted):
                state.dataSources[wanted.name] = .init(id: source, address: wanted.address, key: wanted.secret)
            case .virtualTable(let wanted):
                state.tables[wanted.table.name]?.dataSourceID = source
                state.tables[wanted.table.name]?.columns[wanted.table.name + "id"] = .init(
                    type: "Uniqueidentifier", externalName: "Id")
            case .endpoint(let wanted): state.endpoints[wanted.name] = .init(id: UUID(), address: wanted.target?.address ?? "")
            case .step(let wanted):
                state.steps[wanted.name] = .init(
                    id: UUID(), isEnabled: true, filter: wanted.filter, endpointID: state.endpoints[wanted.endpoint]?.id)
            default: break
            }
        }
        return state
    }

    /// What is not as wanted, without the two lines that every environment has: the webhook's key, and what is made by hand.
    private func found(_ state: EnvironmentState, refused: [String: String] = [:]) -> [SolutionFinding] {
        SolutionComparison(Self.definition, state, refusedKeys: refused).findings
            .filter { $0.state != .present && !($0.state == .unreadable && $0.part.kind == "webhook") && $0.state != .manual }
    }

    @Test func `a whole environment lacks nothing`() {
        #expect(found(Self.whole).isEmpty)
    }

    @Test func `what can't be seen is told with what to do, and is no failure`() throws {
        let findings = SolutionComparison(Self.definition, Self.whole).findings
        let rule = try #require(findings.first { $0.part.kind == "visibility_rule" })
        #expect(rule.state == .manual && !rule.isFailure && !rule.isPlanned)
        #expect(rule.part.words == "Age Time Unit, Callback Age: shown only if Synchronization method does not equal Webhook")
        #expect(rule.remedy?.contains("show Age Time Unit and Callback Age, else hide them") == true)
        let webhook = try #require(findings.first { $0.part.kind == "webhook" })
        #expect(webhook.state == .unreadable && !webhook.isFailure && webhook.isPlanned)
        #expect(webhook.remedy?.contains("trunkline dynamics install") == true)
    }

    @Test func `without the key of the lists it can't be compared, and that is told`() throws {
        let definition = SolutionDefinition(Settings(), source: .init(address: "https://hub.example/odata/demo", secret: ""))
        let finding = try #require(
            SolutionComparison(definition, Self.whole).findings.first { $0.part.kind == "data_source" })
        #expect(finding.state == .present)
        #expect(finding.found.hasSuffix("its key was not compared") && finding.remedy?.contains("--odata-key-file") == true)
    }

    @Test func `an empty environment lacks everything, in the order in which it is made`() {
        var state = EnvironmentState()
        for table in ["phonecall", "systemuser", "contact", "account"] { state.tables[table] = .init(setName: table + "s") }
        let findings = SolutionComparison(Self.definition, state).findings
        #expect(findings.filter { $0.state == .missing }.count == findings.count - 4)
        #expect(
            findings.filter { $0.state == .unavailable }.map(\.part.kind) == ["data_source", "virtual_table", "change_tracking"])
        #expect(findings.first?.part.kind == "publisher")
        #expect(findings.allSatisfy { $0.state != .missing || $0.remedy == "run `trunkline dynamics install`" })
        // What a part points at comes before it.
        var made: Set<String> = ["phonecall", "systemuser", "contact", "account", "lead", "queue"]
        for part in Self.definition.parts {
            switch part {
            case .table(let table): made.insert(table.name)
            case .virtualTable(let virtual): made.insert(virtual.table.name)
            case .lookup(let lookup): #expect(made.contains(lookup.table) && made.contains(lookup.target))
            default: if let table = part.table { #expect(made.contains(table)) }
            }
        }
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout EnvironmentState) -> Void
        let name: String
        let state: SolutionFinding.State
        let found: String
    }

    static let changes: [Change] = [
        Change(
            testDescription: "another prefix", change: { $0.publisher?.prefix = "abc" }, name: "trunkline", state: .different,
            found: "has prefix abc"),
        Change(
            testDescription: "a solution of somebody else", change: { $0.solution?.publisherID = UUID() }, name: "Trunkline",
            state: .different, found: "belongs to another publisher"),
        Change(
            testDescription: "a column of another type",
            change: { $0.tables["phonecall"]?.columns["enr_callid"]?.type = "Integer" },
            name: "phonecall.enr_callid", state: .different, found: "is of type Integer, not String"),
        Change(
            testDescription: "a choice without an option",
            change: { $0.tables["enr_callbackprofile"]?.columns["enr_agetimeunit"]?.options?[727_000_001] = nil },
            name: "enr_callbackprofile.enr_agetimeunit", state: .different, found: "lacks 727000001 Hours"),
        Change(
            testDescription: "a lookup that leads elsewhere",
            change: { $0.tables["enr_callbackprofile"]?.lookups["enr_queue"]?.target = "team" },
            name: "enr_callbackprofile.enr_queue", state: .different, found: "points at team"),
        Change(
            testDescription: "a key that is being built",
            change: { $0.tables["phonecall"]?.keys["enr_callidkey"]?.status = "InProgress" }, name: "phonecall.enr_callidkey",
            state: .pending, found: "index InProgress"),
        Change(
            testDescription: "a key that failed", change: { $0.tables["phonecall"]?.keys["enr_callidkey"]?.status = "Failed" },
            name: "phonecall.enr_callidkey", state: .different, found: "its index could not be built"),
        Change(
            testDescription: "change tracking off", change: { $0.tables["contact"]?.tracksChanges = false }, name: "contact",
            state: .missing, found: "off"),
        Change(
            testDescription: "a source that leads elsewhere",
            change: { $0.dataSources["Trunkline"]?.address = "https://old.example/" },
            name: "Trunkline", state: .missing, found: "leads to https://old.example/"),
        Change(
            testDescription: "a source with a key from before", change: { $0.dataSources["Trunkline"]?.key = "old" },
            name: "Trunkline", state: .missing, found: "shows another key"),
        Change(
            testDescription: "a source whose key is kept from the reader", change: { $0.dataSources["Trunkline"]?.key = nil },
            name: "Trunkline", state: .unreadable, found: "https://hub.example/odata/demo/; Dynamics does not show its key"),
        Change(
            testDescription: "an ordinary table under the virtual one's name",
            change: { $0.tables["enr_callbacklist"]?.dataSourceID = nil }, name: "enr_callbacklist", state: .different,
            found: "is an ordinary table"),
        Change(
            testDescription: "a webhook that leads elsewhere",
            change: { $0.endpoints["Trunkline"]?.address = "https://old.example/" },
            name: "Trunkline", state: .missing, found: "leads to https://old.example/"),
        Change(
            testDescription: "a step of somebody else's", change: { $0.steps["Trunkline: Associate"]?.endpointID = UUID() },
            name: "Trunkline: Associate", state: .missing, found: "goes to another endpoint"),
        Change(
            testDescription: "a step that is switched off", change: { $0.steps["Trunkline: Associate"]?.isEnabled = false },
            name: "Trunkline: Associate", state: .different, found: "is switched off"),
        Change(
            testDescription: "a step for other columns",
            change: { $0.steps["Trunkline: Update of systemuser"]?.filter = "fullname" },
            name: "Trunkline: Update of systemuser", state: .missing, found: "tells of other columns"),
    ]

    @Test func `without an address of the hub there is no webhook, and what to do about it is told`() throws {
        let definition = SolutionDefinition(Settings())
        let finding = try #require(SolutionComparison(definition, Self.whole).findings.first { $0.part.kind == "webhook" })
        #expect(finding.state == .unavailable && !finding.isFailure)
        #expect(finding.remedy?.contains("HubAddress") == true)
        #expect(!definition.parts.contains { $0.kind == "webhook_step" })
    }

    @Test func `the hub hears of what a match depends on, and not of what it writes itself`() {
        let step = Self.definition.parts.compactMap { part in if case .step(let step) = part { step } else { nil } }
            .first { $0.message == "Update" && $0.table == "systemuser" }
        #expect(step?.columns == ["internalemailaddress", "isdisabled", "mobilephone", "enr_useremail"])
    }

    @Test(arguments: changes) func `what is not as wanted is told`(example: Change) throws {
        var state = Self.whole
        example.change(&state)
        let findings = found(state)
        #expect(findings.count == 1)
        let finding = try #require(findings.first)
        #expect(finding.part.name == example.name)
        #expect(finding.state == example.state)
        #expect(finding.found == example.found)
        #expect(finding.remedy != nil)
    }

    @Test func `a key that Dynamics refused is done without`() {
        var state = Self.whole
        state.tables["phonecall"]?.keys["enr_callidkey"] = nil
        let findings = found(state, refused: ["phonecall.enr_callidkey": "0x80040203"])
        #expect(findings.map(\.state) == [.unavailable])
        #expect(findings.allSatisfy { !$0.isFailure })
    }

    @Test func `only what carries the prefix is removed, last part first`() {
        var settings = Settings()
        settings.columns.callID = "old_callid"
        let definition = SolutionDefinition(settings)
        var state = Self.whole
        state.tables["phonecall"]?.columns["old_callid"] = .init(type: "String")
        let parts = SolutionRemover.removable(definition, state)
        #expect(!parts.contains { $0.name == "phonecall.old_callid" })
        #expect(parts.contains { $0.name == "systemuser.enr_userid" })
        #expect(parts.suffix(2).map(\.kind) == ["solution", "publisher"])
        #expect(!parts.contains { $0.kind == "change_tracking" || $0.kind == "setting" })
    }

    @Test func `the environment's answers are kept for the programs`() {
        var state = Self.whole
        state.tables["phonecall"]?.lookups["enr_bundleid"]?.navigation = "enr_bundleid_PhoneCall"
        state.tables["phonecall"]?.routesToOwnerQueue = false
        state.tables["phonecall"]?.keys["enr_callidkey"] = nil
        let probes = DynamicsProbes(
            Self.definition, state, bulk: ["CreateMultiple": ["contact"]],
            refusedKeys: ["phonecall.enr_callidkey": "0x80040203"])
        #expect(probes.entitySet("enr_callbackprofile") == "enr_callbackprofiles")
        #expect(probes.navigation("phonecall", "enr_bundleid") == "enr_bundleid_PhoneCall")
        #expect(probes.answers["bulk.contact.CreateMultiple"] == "true")
        #expect(probes.answers["bulk.phonecall.CreateMultiple"] == "false")
        #expect(probes.answers["key.phonecall.enr_callbackid"] == "Active")
        #expect(probes.refusedKey("phonecall", "enr_callid") == "0x80040203")
        #expect(probes.answers["queue.auto_route_phonecalls"] == "false")
        #expect(probes.tracksChanges("contact") == true && probes.tracksChanges("team") == nil)
        #expect(probes.has("lead") == true && probes.has("team") == false && DynamicsProbes().has("lead") == nil)
        #expect(probes.answers["source.set"] == "msdyn_odatav4dses")
    }
}
