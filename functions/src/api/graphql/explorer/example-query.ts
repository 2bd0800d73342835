/** What the page starts with: runs as it stands, for whoever may read workflows and executions. */
export const exampleQuery = `query Overview($first: Int!) {
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

export const exampleVariables = '{ "first": 5 }';
