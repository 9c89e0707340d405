import Model
package import Dynamics
import Foundation

/// Takes the solution out again, last part first. Columns and tables go with what stands in them.
package struct SolutionRemover: Sendable {
    let writer: MetadataWriter

    package init(
        dynamics: DynamicsClient, solution: String,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        writer = MetadataWriter(dynamics: dynamics, solution: solution, pause: pause)
    }

    /// What would go: parts that are there and carry the publisher's prefix. What a customer made under another prefix stays, and so do
    /// change tracking, which can't be switched off, and rows and rules of forms, which go with their table.
    package static func removable(_ definition: SolutionDefinition, _ state: EnvironmentState) -> [SolutionPart] {
        let own = definition.names.prefix + "_"
        // What belongs to a table goes with it.
        let gone = Set(
            definition.parts.compactMap { part in
                if case .table(let table) = part, table.name.hasPrefix(own), state.tables[table.name] != nil {
                    table.name
                } else {
                    nil
                }
            })
        return definition.parts.reversed().filter { part in
            if let table = part.table, gone.contains(table), part.kind != "table" { return false }
            return switch part {
            case .publisher: state.publisher != nil
            case .solution: state.solution != nil
            case .table(let table): table.name.hasPrefix(own) && state.tables[table.name] != nil
            case .virtualTable(let virtual):
                virtual.table.name.hasPrefix(own) && state.tables[virtual.table.name]?.dataSourceID != nil
            case .column(let column):
                column.name.hasPrefix(own) && state.tables[column.table]?.columns[column.name] != nil
            case .lookup(let lookup):
                lookup.name.hasPrefix(own) && state.tables[lookup.table]?.lookups[lookup.name] != nil
            case .key(let key): key.name.hasPrefix(own) && state.tables[key.table]?.keys[key.name] != nil
            case .dataSource(let source): state.dataSources[source.name] != nil
            case .endpoint(let endpoint): state.endpoints[endpoint.name] != nil
            case .step(let step): state.steps[step.name] != nil
            case .form(let form): isShown(form, state)
            case .view(let view): isShown(view, state)
            case .changeTracking, .settingRow, .visibility: false
            }
        }
    }

    /// Removes the parts in the order given; a part that fails does not stop the others.
    package func remove(
        _ parts: [SolutionPart], in state: EnvironmentState, report: (SolutionEvent) -> Void = { _ in }
    ) async throws -> [SolutionEvent] {
        var events: [SolutionEvent] = []
        for part in parts {
            guard let result = try await remove(part, in: state) else { continue }
            events.append(SolutionEvent(part: part, result: result))
            report(events[events.count - 1])
        }
        return events
    }

    private func remove(_ part: SolutionPart, in state: EnvironmentState) async throws -> SolutionEvent.Result? {
        switch part {
        case .form(let form): return try await takeOff(form, state)
        case .view(let view): return try await takeOff(view, state)
        default: break
        }
        guard let path = Self.path(part, state) else { return nil }
        return switch try await writer.send(.delete(path)) {
        case .done: .removed
        case .taken: .alreadySo
        case .refused(let fault): fault.status == 404 ? .alreadySo : .kept(fault)
        }
    }

    private static func path(_ part: SolutionPart, _ state: EnvironmentState) -> String? {
        func row(_ set: String, _ id: UUID?) -> String? { id.map { "\(set)(\($0.uuidString.lowercased()))" } }
        return switch part {
        case .publisher: row("publishers", state.publisher?.id)
        case .solution: row("solutions", state.solution?.id)
        case .table(let table): table.name.definitionPath
        case .virtualTable(let virtual): virtual.table.name.definitionPath
        case .column(let column): "\(column.table.definitionPath)/Attributes(LogicalName='\(column.name)')"
        case .lookup(let lookup):
            (state.tables[lookup.table]?.lookups[lookup.name]?.relationship).map { "RelationshipDefinitions(SchemaName='\($0)')" }
        case .key(let key): "\(key.table.definitionPath)/Keys(LogicalName='\(key.name)')"
        case .dataSource(let source): state.dataSourceSet.flatMap { row($0, state.dataSources[source.name]?.id) }
        case .endpoint(let endpoint): row("serviceendpoints", state.endpoints[endpoint.name]?.id)
        case .step(let step): row("sdkmessageprocessingsteps", state.steps[step.name]?.id)
        case .changeTracking, .settingRow, .visibility, .form, .view: nil
        }
    }
}

extension SolutionEvent.Result {
    /// Dynamics holds on to it: something of the customer's uses it.
    fileprivate static func kept(_ fault: DynamicsFault) -> Self {
        .failed(
            fault.message.isEmpty ? fault.operatorText : "\(fault.message) (\(fault))",
            remedy: "remove what uses it (forms, views, flows, other solutions) and run the command again")
    }
}
