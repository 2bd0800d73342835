/**
 * What GraphiQL opens with: a query, a mutation and a subscription that run as they stand on a server that has just been started. The
 * mutation makes its own workflow the first time; afterwards creating it again is refused, which shows how errors are typed.
 */
const query = `# Who you are, workflows, the latest runs.
# Ctrl-Enter runs it, Ctrl-Space completes.
query Overview($first: Int!) {
  viewer {
    role
    organizationId
  }
  workflows(first: $first) {
    nodes {
      id
      name
      active
      activeVersion {
        number
        nodeCount
      }
    }
  }
  executions(first: $first) {
    nodes {
      id
      status
      startedAt
      workflow {
        name
      }
      steps(first: 20) {
        nodes {
          nodeId
          status
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`;

const mutation = `# Makes a workflow and sends it an event.
# Sent again, the first part is refused:
# a mutation answers what it made, or why not.
mutation Greet($name: String!) {
  createWorkflow(
    input: {
      activate: true
      definition: {
        name: "greet-for-each-event"
        description: "The example of GraphiQL. Delete it when you have seen it."
        nodes: [
          { id: "event", type: "trigger.event", params: { type: "example.greeting" } }
          {
            id: "greet"
            type: "data.set"
            params: { values: { message: "Hello, {{ input.data.name }}!" } }
          }
        ]
        edges: [{ from: "event", to: "greet" }]
      }
    }
  ) {
    __typename
    ... on Workflow {
      id
      name
    }
    ... on UserError {
      code
      message
    }
  }
  sendEvent(
    input: { type: "example.greeting", source: "graphiql", data: { name: $name } }
  ) {
    ... on SentEvent {
      executions {
        id
        status
        workflowName
      }
    }
    ... on UserError {
      code
      message
    }
  }
}
`;

const subscription = `# Runs as they start and end. Start this, and
# the mutation of Greet in another window.
subscription Runs {
  executionList {
    id
    execution {
      id
      status
      workflowName
      endedAt
    }
  }
}
`;

const text = (value: object): string => JSON.stringify(value, null, 2);

export const firstExample = { query, variables: text({ first: 5 }) };

export const examples = [
  firstExample,
  { query: mutation, variables: text({ name: 'Ada' }) },
  { query: subscription, variables: '' },
];
