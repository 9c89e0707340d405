package import Dynamics
import Foundation

/// Makes what is missing, in order, one request after another. Runs may be repeated at any time: what stands as wanted is left alone.
package struct SolutionInstaller: Sendable {
    let writer: MetadataWriter
    let metadata: MetadataReader

    /// - Parameter pause: waits; tests hand in one that does not.
    package init(
        dynamics: DynamicsClient, solution: String,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        writer = MetadataWriter(dynamics: dynamics, solution: solution, pause: pause)
        metadata = MetadataReader(dynamics: dynamics, pause: pause)
    }

    /// Makes the parts that the findings call missing, and writes again those of which Dynamics does not show all.
    ///
    /// A part that fails does not stop the others, but for publisher and solution, without which nothing can be made.
    ///
    /// - Parameter report: hears of each part as it is done.
    /// - Throws: `DynamicsError`; `CancellationError`.
    package func install(
        _ findings: [SolutionFinding], in state: EnvironmentState, report: (SolutionEvent) -> Void = { _ in }
    ) async throws -> [SolutionEvent] {
        var state = state
        var events: [SolutionEvent] = []
        // Asked first by forms and views, which are made after every column.
        var columns = ColumnReader(metadata: metadata)
        for finding in findings where finding.isPlanned {
            let result = try await make(finding.part, &state, &columns)
            let event = SolutionEvent(part: finding.part, result: result)
            events.append(event)
            report(event)
            if event.isFailure, finding.part.isFoundation { return events }
        }
        let tables = events.filter { !$0.isFailure }.compactMap(\.part.table)
        if !tables.isEmpty { try await publish(Array(Set(tables)).sorted()) }
        return events
    }

    private func make(
        _ part: SolutionPart, _ state: inout EnvironmentState, _ columns: inout ColumnReader
    ) async throws -> SolutionEvent.Result {
        let body = MetadataBody(language: state.language)
        switch part {
        case .publisher(let wanted): return try await makePublisher(wanted, &state)
        case .solution(let wanted): return try await makeSolution(wanted, state)
        case .table(let wanted): return try await makeTable(wanted, body.table(wanted), &state)
        case .column(let wanted):
            return try await send(.create("\(wanted.table.definitionPath)/Attributes", body.column(wanted).bytes))
        case .lookup(let wanted): return try await send(.create("RelationshipDefinitions", body.lookup(wanted).bytes))
        case .key(let wanted): return try await makeKey(wanted, body.key(wanted))
        case .changeTracking(let table): return try await trackChanges(of: table, state)
        case .dataSource(let wanted): return try await makeSource(wanted, &state)
        case .virtualTable(let wanted): return try await makeVirtualTable(wanted, body, &state)
        case .settingRow(let wanted): return try await makeRow(wanted, state)
        case .endpoint(let wanted): return try await makeEndpoint(wanted, &state)
        case .step(let wanted): return try await makeStep(wanted, state)
        case .form(let wanted): return try await told { try await makeForm(wanted, state, &columns) }
        case .view(let wanted): return try await told { try await makeView(wanted, &columns) }
        case .visibility: return .alreadySo  // Never planned.
        }
    }

    func send(_ change: Change, retriesMissing: Bool = false) async throws -> SolutionEvent.Result {
        switch try await writer.send(change, retriesMissing: retriesMissing) {
        case .done: .made
        case .taken: .alreadySo
        case .refused(let fault): .failed(fault)
        }
    }

    private func makePublisher(_ wanted: SolutionPart.Publisher, _ state: inout EnvironmentState) async throws
        -> SolutionEvent.Result
    {
        var body = ODataBody()
        body.set("uniquename", wanted.name)
        body.set("friendlyname", wanted.friendlyName)
        body.set("customizationprefix", wanted.prefix)
        body.set("customizationoptionvalueprefix", wanted.optionPrefix)
        let answer = try await writer.send(.create("publishers", body.bytes))
        guard case .done(let id?) = answer else { return SolutionEvent.Result(answer) }
        state.publisher = .init(id: id, prefix: wanted.prefix, optionPrefix: wanted.optionPrefix)
        return .made
    }

    private func makeSolution(_ wanted: SolutionPart.Solution, _ state: EnvironmentState) async throws -> SolutionEvent.Result {
        guard let publisher = state.publisher else {
            return .failed("there is no publisher", remedy: "run the installation again")
        }
        var body = ODataBody()
        body.set("uniquename", wanted.name)
        body.set("friendlyname", wanted.friendlyName)
        body.set("version", wanted.version)
        body.bind("publisherid", "/publishers(\(publisher.id.uuidString.lowercased()))")
        return try await send(.create("solutions", body.bytes))
    }

    private func makeTable(_ wanted: SolutionPart.Table, _ body: ODataBody, _ state: inout EnvironmentState) async throws
        -> SolutionEvent.Result
    {
        let result = try await send(.create("EntityDefinitions", body.bytes))
        if case .failed = result { return result }
        state.tables[wanted.name] = .init(setName: try await setName(of: wanted.name) ?? wanted.name + "s")
        return result
    }

    private func setName(of table: String) async throws -> String? {
        var query = ODataQuery("EntityDefinitions", select: ["EntitySetName"], filter: .equal("LogicalName", .string(table)))
        query.isStronglyConsistent = true
        return try await metadata.query(query).first?.string("EntitySetName")
    }

    /// A key of a table that is not ours may be refused: the hub does without.
    private func makeKey(_ wanted: SolutionPart.Key, _ body: ODataBody) async throws -> SolutionEvent.Result {
        switch try await writer.send(.create("\(wanted.table.definitionPath)/Keys", body.bytes)) {
        case .done: .made
        case .taken: .alreadySo
        case .refused(let fault):
            (400..<500).contains(fault.status) && fault.status != 403 && fault.status != 429
                ? .refused(fault.code.isEmpty ? "HTTP \(fault.status)" : fault.code) : .failed(fault)
        }
    }

    private func trackChanges(of table: String, _ state: EnvironmentState) async throws -> SolutionEvent.Result {
        try await change(table.definitionPath, "ChangeTrackingEnabled", to: .bool(true))
    }

    /// Definitions are written as a whole: read, changed in one place, put.
    private func change(_ path: String, _ member: String, to value: ODataValue) async throws -> SolutionEvent.Result {
        var query = ODataQuery(path)
        query.isStronglyConsistent = true
        guard let row = try await metadata.row(query) else {
            return .failed("\(path) is not there", remedy: "run the installation again")
        }
        if row[member] == value { return .alreadySo }
        var change = Change(.put, path, body: ODataBody(row.setting(member, value)).bytes)
        change.headers.append(("MSCRM.MergeLabels", "true"))
        let result = try await send(change)
        return result == .made ? .changed : result
    }

    private func makeSource(_ wanted: SolutionPart.DataSource, _ state: inout EnvironmentState) async throws
        -> SolutionEvent.Result
    {
        guard let set = state.dataSourceSet else {
            return .failed("the environment has no OData v4 data provider", remedy: "install it from AppSource")
        }
        var body = ODataBody()
        body.set("msdyn_name", wanted.name)
        body.set("msdyn_uri", wanted.address)
        body.set("msdyn_timeout", 30)
        body.set("msdyn_paginationtype", 1)
        body.set("msdyn_parameter1name", wanted.header)
        body.set("msdyn_parameter1value", wanted.secret)
        body.set("msdyn_isparameter1header", true)
        if let known = state.dataSources[wanted.name] {
            let result = try await send(.updateOnly("\(set)(\(known.id.uuidString.lowercased()))", body.bytes))
            state.dataSources[wanted.name] = .init(id: known.id, address: wanted.address, key: wanted.secret)
            return result == .made ? .changed : result
        }
        let answer = try await writer.send(.create(set, body.bytes))
        if case .done(let id?) = answer {
            state.dataSources[wanted.name] = .init(id: id, address: wanted.address, key: wanted.secret)
        }
        return SolutionEvent.Result(answer)
    }

    private func makeVirtualTable(
        _ wanted: SolutionPart.VirtualTable, _ body: MetadataBody, _ state: inout EnvironmentState
    ) async throws -> SolutionEvent.Result {
        guard let provider = state.dataProvider, let source = state.dataSources[wanted.dataSource] else {
            return .failed("there is no data source", remedy: "see the data source's line")
        }
        if state.tables[wanted.table.name] == nil {
            let table = body.virtualTable(
                wanted, provider: provider.uuidString.lowercased(), source: source.id.uuidString.lowercased())
            let result = try await makeTable(wanted.table, table, &state)
            if case .failed = result { return result }
        }
        // The key's name in the source can be given only afterwards.
        let key = "\(wanted.table.name.definitionPath)/Attributes(LogicalName='\(wanted.table.name)id')"
        let named = try await change(key, "ExternalName", to: .string(wanted.keyProperty))
        if case .failed = named { return named }
        return .made
    }

    private func makeRow(_ wanted: SolutionPart.SettingRow, _ state: EnvironmentState) async throws -> SolutionEvent.Result {
        guard let table = state.tables[wanted.table] else {
            return .failed("table \(wanted.table) is not there", remedy: "see the table's line")
        }
        var body = ODataBody()
        body.set(wanted.nameColumn, wanted.name)
        return try await send(.create(table.setName, body.bytes), retriesMissing: true)
    }

    /// Makes labels, forms and views seen; the interface has the rest at once, so a failure stops nothing: what is still unseen is told by the
    /// next look.
    private func publish(_ tables: [String]) async throws { _ = try await writer.send(.publishing(tables)) }
}

extension SolutionPart {
    /// Whether nothing else can be made without it.
    var isFoundation: Bool { kind == "publisher" || kind == "solution" }
}

extension String {
    /// Where the table's definition is.
    var definitionPath: String { "EntityDefinitions(LogicalName='\(self)')" }
}

extension ODataRow {
    func setting(_ name: String, _ value: ODataValue) -> ODataRow {
        var row = self
        if let place = row.members.firstIndex(where: { $0.name == name }) {
            row.members[place].value = value
        } else {
            row.members.append(.init(name: name, value: value))
        }
        return row
    }
}

extension SolutionEvent.Result {
    init(_ answer: MetadataWriter.Answer) {
        self =
            switch answer {
            case .done: .made
            case .taken: .alreadySo
            case .refused(let fault): .failed(fault)
            }
    }

    static func failed(_ fault: DynamicsFault) -> Self {
        let remedy =
            switch fault.status {
            case 403: "give the application user the role System Customizer for the installation"
            case 0, 429, 500...: "run the installation again: it goes on where it stopped"
            default: "correct what it names and run the installation again"
            }
        return .failed(fault.message.isEmpty ? fault.operatorText : "\(fault.message) (\(fault))", remedy: remedy)
    }
}
